"""Build the notebooks: solutions/NN_topic.py → solutions/ → lessons/.

Run as `python -m authoring` in the project's root, or `make notebooks`.
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from authoring.paths import (
    lesson_path,
    recording_path,
    solved_path,
    sources,
)
from authoring.stamps import is_stale, read_stamp, write_stamp, written_in
from authoring.text import BuildError, notebook
from byhand.environment import scripts_on_path
from byhand.tools import INSTEAD

CELL_TIMEOUT = 120  # seconds; the longest cell of a lesson takes about 10
# The tag of a cell that asks for something which the tests do without.
OPTIONAL = "nbval-ignore-output"
# As it stands in a cell that asks for what may be missing (byhand/tools.py).
RECORDED = re.compile(r'\w\([^()]*recorded="([\w/]+)"')


def execute(nb: NotebookNode, folder: Path) -> None:
    """Run all cells in `folder`. BuildError: a cell raised."""
    client = NotebookClient(
        nb,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        coalesce_streams=True,
        # The kernel's own log says nothing about a lesson.
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise BuildError(f"{folder.name}: {error}") from error
    for cell in nb.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise BuildError(
                    f"{folder.name}: nothing may go to stderr, where nbgrader "
                    f"takes it for a failure; came: {output.text[:300]}"
                )
            # A live view is worth nothing without its kernel, and its id
            # is random; the static picture beside it stays.
            view = "application/vnd.jupyter.widget-view+json"
            output.get("data", {}).pop(view, None)


def take_outputs(nb: NotebookNode, path: Path) -> bool:
    """Take what the cells printed from an earlier build, of the same code.

    False: there is none. Whether it still prints the same, the tests ask.
    """
    if not path.exists():
        return False
    new = [cell for cell in nb.cells if cell.cell_type == "code"]
    built = nbformat.read(path, as_version=4)
    old = [cell for cell in built.cells if cell.cell_type == "code"]
    if [c.source for c in new] != [c.source for c in old]:
        return False
    for cell, before in zip(new, old, strict=True):
        cell.outputs = before.outputs
        cell.execution_count = before.execution_count
    nb.metadata = built.metadata  # what the kernel says of itself
    return True


def recordings(nb: NotebookNode) -> dict[str, str]:
    """What cells printed with what may be missing, by name."""
    found = {}
    for cell in nb.cells:
        asked = RECORDED.search(cell.source)
        if cell.cell_type == "code" and asked:
            found[asked[1]] = "".join(o.get("text", "") for o in cell.outputs)
    return found


def restore(nb: NotebookNode) -> None:
    """Put in what was recorded of a library that the tests do without.

    Its cell is tagged, so that no test compares what it prints. Without the
    library, what was recorded stands as if it were there.
    """
    for cell in nb.cells:
        asked = RECORDED.search(cell.source)
        if asked and OPTIONAL in cell.metadata.get("tags", []):
            kept = recording_path(asked[1])
            if INSTEAD in cell.outputs[0].get("text", "") and kept.exists():
                text = kept.read_text(encoding="utf-8")
                cell.outputs = [
                    nbformat.v4.new_output("stream", name="stdout", text=text)
                ]


def record(nb: NotebookNode) -> None:
    """Keep those. BuildError: it is missing here."""
    for name, printed in recordings(nb).items():
        if INSTEAD in printed:
            raise BuildError(f"{name} cannot be recorded: {printed[:60]}")
        path = recording_path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(printed, encoding="utf-8")


def release(lesson: str, solved: Path) -> NotebookNode:
    """What nbgrader makes of a solved notebook for learners.

    In a course of its own, in a temporary folder: the instructor's gradebook
    and release folder stay untouched.
    """
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    scripts_on_path()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(solved.parent, root / "solutions" / lesson)
        config = Config()
        config.CourseDirectory.root = str(root)
        config.CourseDirectory.source_directory = "solutions"
        config.CourseDirectory.release_directory = "lessons"
        result = NbGraderAPI(config=config).generate_assignment(lesson)
        if not result["success"]:
            raise BuildError(f"{lesson}: nbgrader says\n{result['log']}")
        return nbformat.read(lesson_path(lesson, root), as_version=4)


def write(nb: NotebookNode, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.validate(nb)
    nbformat.write(nb, path)


def build(
    source: Path, nb: NotebookNode, overwrite: bool, run: bool = True
) -> str:
    """Build one lesson. Returns a sentence if the lesson was left alone.

    run: its code too, where that is what it was.
    """
    lesson = source.stem
    stamp = read_stamp(lesson)
    solved, target = solved_path(lesson), lesson_path(lesson)
    solved.parent.mkdir(exist_ok=True)
    if run or not take_outputs(nb, solved):
        execute(nb, solved.parent)
        restore(nb)
        record(nb)
    write(nb, solved)
    released = release(lesson, solved)
    kept = target.exists() and (stamp is None or written_in(target, stamp))
    if kept and not overwrite:
        return (
            f"lessons/{lesson} holds changes of yours and was left alone. "
            f"To have both, rename {target.name} to my_{target.name} and "
            f"build again; to drop yours, use --overwrite."
        )
    write(released, target)
    write_stamp(lesson, nb, released)
    return ""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m authoring",
        description=(
            "Build solutions/*/*.ipynb (executed) and lessons/*/*.ipynb (for "
            "learners) from solutions/*.py. Only lessons whose text or "
            "exercises changed are built, and run if their code changed, "
            "unless --all is given or they are named. A lesson that somebody "
            "has written in is left alone."
        ),
    )
    parser.add_argument(
        "lessons",
        nargs="*",
        metavar="LESSON",
        help="such as 01_gradient_descent",
    )
    parser.add_argument(
        "--all", action="store_true", help="build fresh ones too"
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace lessons that were written in since they were built",
    )
    options = parser.parse_args(arguments)
    known = {source.stem: source for source in sources()}
    unknown = [name for name in options.lessons if name not in known]
    if unknown:
        parser.error(
            f"no such lesson: {', '.join(unknown)}; "
            f"there are {', '.join(known)}"
        )
    try:
        return build_all(options, known)
    except BuildError as error:
        print(f"not built: {error}", file=sys.stderr)
        return 1


def build_all(options: argparse.Namespace, known: dict[str, Path]) -> int:
    wanted = {name: notebook(known[name]) for name in options.lessons or known}
    asked = bool(options.all or options.lessons)
    if not asked:
        wanted = {n: nb for n, nb in wanted.items() if is_stale(n, nb)}
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
    )
    notes = []
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("building", total=len(wanted))
        for name, nb in wanted.items():
            progress.update(task, description=f"building {name}")
            notes.append(build(known[name], nb, options.overwrite, asked))
            progress.advance(task)
        progress.update(task, description="done")
    built = len(wanted) - sum(map(bool, notes))
    print(f"{built} built, {len(known) - len(wanted)} up to date.")
    for note in filter(None, notes):
        print(note)
    return 0
