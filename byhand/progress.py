"""Which exercises of a learner's notebooks pass."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.progress_bar import ProgressBar
from rich.table import Table

from byhand.check_cell import check_in

CELL_TIMEOUT = 60  # seconds: an endless loop in one cell costs no more


def notebooks(folder: Path | None, names: list[str]) -> list[Path]:
    """The learner's notebooks, in order.

    FileNotFoundError: there are none, or not the one that was named.
    """
    if folder is None:
        folder = Path("lessons") if Path("lessons").is_dir() else Path()
    found = {
        p.stem: p
        for p in sorted(folder.glob("*/*.ipynb"))
        if not p.parent.name.startswith(".")  # .ipynb_checkpoints
    }
    if not found:
        raise FileNotFoundError(
            f"no lessons in {folder}/: run this in the course's folder, or "
            "say --folder"
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
    # Only here: a notebook server of one's own, or a browser, may lack them.
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
    passed = {}
    for cell in nb.cells:
        asked = check_in(cell.source) if cell.cell_type == "code" else None
        if asked is None:
            continue
        failed = any(o.output_type == "error" for o in cell.outputs)
        # A notebook may check an exercise twice; the last word counts.
        passed[asked.name] = cell.execution_count is not None and not failed
    return passed


def report(paths: list[Path]) -> None:
    """Run the notebooks and print a table with a bar for each."""
    table = Table("lesson", "passed", "", "still to do")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Progress(
        *columns, console=Console(stderr=True), transient=True
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
