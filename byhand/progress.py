"""Which exercises of a learner's notebooks pass."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.progress_bar import ProgressBar
from rich.table import Table

from byhand import notebook
from byhand.check_cell import check_in
from byhand.deadline import HAS_THREADS, Deadline

CELL_TIMEOUT = 60  # seconds: an endless loop in one cell costs no more


def notebooks(folder: Path | None, names: list[str]) -> list[Path]:
    """The learner's notebooks, in order.

    FileNotFoundError: there are none, or not the one that was named.
    """
    found = {}
    # A cell runs in the folder of its lesson.
    for place in [folder] if folder else map(Path, ("lessons", ".", "..")):
        found = {
            p.stem: p
            for p in sorted(place.glob("*/*.ipynb"))
            if not p.parent.name.startswith(".")  # .ipynb_checkpoints
        }
        if found:
            break
    if not found:
        raise FileNotFoundError(
            f"no lessons in {folder or Path()}/: run this in the course's "
            "folder, or say --folder"
        )
    missing = [name for name in names if name not in found]
    if missing:
        raise FileNotFoundError(
            f"no lesson {missing[0]}; there are {', '.join(found)}"
        )
    return [path for name, path in found.items() if not names or name in names]


def results(path: Path) -> dict[str, bool]:
    """Run a notebook (a copy in memory) and say which checks passed.

    Returns exercise → passed; an exercise with parts is listed by part.
    """
    # Where there are no threads, there is no other process either.
    run = _in_a_kernel if HAS_THREADS else _here
    passed = {}
    for source, is_right in run(path):
        asked = check_in(source)
        if asked is not None:
            # A notebook may check an exercise twice; the last word counts.
            passed[asked.name] = is_right
    return passed


def _in_a_kernel(path: Path) -> Iterator[tuple[str, bool]]:
    """Each cell of code, and whether it ran to its end."""
    # Only here: a notebook server of one's own may lack them.
    import nbformat
    from nbclient import NotebookClient

    nb = nbformat.read(path, as_version=4)
    client = NotebookClient(
        nb,
        timeout=CELL_TIMEOUT,
        interrupt_on_timeout=True,
        error_on_timeout={
            "ename": "Timeout",
            "evalue": "",
            "traceback": [],
        },
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )
    client.execute()
    for cell in nb.cells:
        if cell.cell_type == "code":
            failed = any(o.output_type == "error" for o in cell.outputs)
            ran = cell.execution_count is not None
            yield cell.source, ran and not failed


def _here(path: Path) -> Iterator[tuple[str, bool]]:
    """The same in this process, in a namespace that is nobody's.

    Without demonstrations, on which no answer depends.
    """
    from IPython.utils.capture import capture_output

    scope: dict[str, Any] = {"__name__": "__main__"}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        shows = "demonstration" in cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and not shows:
            with capture_output():
                ran = _runs(source, scope)
            yield source, ran


def _runs(source: str, scope: dict[str, Any]) -> bool:
    try:
        code = compile(
            notebook.shell().transform_cell(source), "<cell>", "exec"
        )
        with Deadline(CELL_TIMEOUT):
            exec(code, scope)
    except BaseException:  # whatever a learner's cell does
        return False
    return True


def report(paths: list[Path]) -> None:
    """Run the notebooks and print a table with a bar for each."""
    table = Table("lesson", "passed", "", "still to do")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        auto_refresh=HAS_THREADS,
    ) as bar:
        task = bar.add_task("running", total=len(paths))
        for path in paths:
            bar.update(task, description=f"running {path.stem}")
            try:
                passed = results(path)
            except Exception as error:  # one broken notebook, not the report
                table.add_row(path.stem, "-", "", f"cannot be run: {error}")
            else:
                table.add_row(*row(path.stem, passed))
            bar.advance(task)
    Console().print(table)


def row(lesson: str, passed: dict[str, bool]) -> tuple:
    done, total = sum(passed.values()), len(passed)
    todo = [name.partition(".")[2] for name, ok in passed.items() if not ok]
    bar = ProgressBar(total=max(total, 1), completed=done, width=20)
    return (
        lesson,
        f"{done} of {total}",
        bar,
        ", ".join(todo) or ("nothing" if total else "no exercise"),
    )
