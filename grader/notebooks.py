"""Build the notebooks: solutions/NN_topic.py → solutions/ → lessons/.

Run as `python -m grader.notebooks` in the project's root, or `make notebooks`.
"""

import argparse
import base64
import hashlib
import importlib
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from byhand.bank import find
from byhand.environment import scripts_on_path
from byhand.exercise import Exercise
from byhand.progress import CHECK_CALL
from grader import pictures

ROOT = Path(__file__).resolve().parent.parent
# What was built, so that a lesson which somebody wrote in is recognised.
STAMPS = ROOT / "solutions" / "built.json"
DIRECTIVE = re.compile(r"^\{(card|figure|picture) ([\w.]+)( .+)?\}$", re.M)
CHECKPOINTS = ".ipynb_checkpoints"
CELL_TIMEOUT = 120  # seconds; the longest cell of a lesson takes about 10


class BuildError(Exception):
    """A lesson cannot be built; the message says which cell and why."""


def sources() -> list[Path]:
    return sorted((ROOT / "solutions").glob("[0-9][0-9]_*.py"))


def solved_path(lesson: str, root: Path = ROOT) -> Path:
    return root / "solutions" / lesson / f"{lesson}.ipynb"


def lesson_path(lesson: str, root: Path = ROOT) -> Path:
    return root / "lessons" / lesson / f"{lesson}.ipynb"


# --- from text to a notebook -----------------------------------------------


def notebook(source: Path) -> NotebookNode:
    """The solved notebook of a text source, not executed yet.

    Directives are expanded, nbgrader's metadata completed, points taken from
    the exercises, and cells get ids that stay the same from build to build.
    BuildError: an unknown directive, or a check cell without an exercise.
    """
    nb = jupytext.read(source)
    nb.metadata = NotebookNode(
        kernelspec=nb.metadata.kernelspec,
        language_info={"name": "python"},
    )
    nb.nbformat, nb.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in nb.cells:
        where = f"{source.name}, the cell that begins {cell.source[:60]!r}"
        try:
            if cell.cell_type == "markdown":
                expand(cell)
            if "nbgrader" in cell.metadata:
                complete(cell)
        except (KeyError, ValueError, ModuleNotFoundError) as error:
            raise BuildError(f"{where}: {error}") from error
        cell.id = stable_id(cell, seen)
    return nb


def expand(cell: NotebookNode) -> None:
    """Replace directives by what they stand for.

    {card EXERCISE}: the exercise's card. {figure SLIDER}: the static picture
    of a slider in byhand/sliders/. {picture FILE ALT TEXT}: one of assets/.
    """

    def replace(match: re.Match) -> str:
        kind, name, alt = match.groups()
        if kind == "card":
            return card(find(name))
        if kind == "figure":
            panel = importlib.import_module(f"byhand.sliders.{name}").show()
            return attach(cell, name, panel.picture, panel.summary)
        picture = (ROOT / "assets" / name).read_text(encoding="utf-8")
        return attach(cell, Path(name).stem, picture, alt or "")

    cell.source = DIRECTIVE.sub(replace, cell.source)


def attach(cell: NotebookNode, name: str, svg: str, alt: str) -> str:
    """Put a picture into a Markdown cell, so that it goes where the cell goes.

    Returns the Markdown that shows it. ValueError: no text for those who do
    not see it.
    """
    alt = " ".join(alt.split()).replace("[", "(").replace("]", ")")
    if not alt:
        raise ValueError(f"{name} has no alt text")
    # The name tells one state of a picture from another: a cell that shows
    # an old one is stale.
    name = f"{name}-{hashlib.sha256(svg.encode()).hexdigest()[:8]}.png"
    encoded = base64.b64encode(pictures.png(svg)).decode()
    attachments = cell.setdefault("attachments", NotebookNode())
    attachments[name] = NotebookNode({"image/png": encoded})
    return f"![{alt}](attachment:{name})"


def card(exercise: Exercise) -> str:
    """The exercise as Markdown: what is asked, and the ladder, folded."""
    points = str(exercise.points)
    if exercise.parts:
        points = " + ".join(f"{n} ({p})" for p, n in exercise.points.items())
    plural = "point" if points == "1" else "points"
    steps = ("a question", "a pointer", "pseudocode")
    ladder = "\n\n".join(
        f"<details><summary>Hint {i}: {step}</summary>\n\n{hint}\n\n</details>"
        for i, (step, hint) in enumerate(
            zip(steps, exercise.hints, strict=True), start=1
        )
    )
    return (
        f"### Exercise · `{exercise.signature}`\n\n"
        f"*Difficulty {dots(exercise.difficulty)} · "
        f"importance {dots(exercise.importance)} · "
        f"about {exercise.minutes} minutes · {points} {plural}*\n\n"
        f"{exercise.asks}{by_hand(exercise)}\n\n{ladder}"
    )


def by_hand(exercise: Exercise) -> str:
    """What an answer may not be, in words; '' where all is allowed."""
    names = " or ".join(f"`{name}`" for name in exercise.not_by)
    return names and (
        f"\n\nBy hand: a library's {names} would do it all and, graded, "
        "earns nothing."
    )


def dots(level: int) -> str:
    return "●" * level + "○" * (5 - level)


def complete(cell: NotebookNode) -> None:
    """Fill in what nbgrader wants to have said about a graded cell."""
    given = cell.metadata.nbgrader
    defaults = {
        "grade": False,
        "locked": False,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    cell.metadata.nbgrader = NotebookNode({**defaults, **given})
    if given.get("grade") and not given.get("solution"):
        call = CHECK_CALL.search(cell.source)
        if call is None:
            raise ValueError("a graded test cell should call check(…)")
        exercise, part = find(call[1]), call[2]
        if bool(part) != bool(exercise.parts):
            raise ValueError(f"{exercise.id} has parts {exercise.parts}")
        cell.metadata.nbgrader.points = (
            exercise.points[part] if part else exercise.points
        )


def stable_id(cell: NotebookNode, seen: dict[str, int]) -> str:
    """A cell's id depends on its own content and on nothing else."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    text = f"{cell.cell_type}\n{cell.source}"
    name = name or hashlib.sha256(text.encode()).hexdigest()[:12]
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"


# --- from a notebook to what is committed ----------------------------------


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


def fingerprint(nb: NotebookNode) -> str:
    """Of the cells as a person sees them; outputs and counts aside."""
    cells = [
        [c.cell_type, c.source, c.metadata.get("nbgrader", {})]
        for c in nb.cells
    ]
    text = json.dumps(cells, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def read_stamps(root: Path = ROOT) -> dict[str, dict[str, str]]:
    path = root / STAMPS.relative_to(ROOT)
    if not path.exists():
        return {}
    return json.loads(path.read_text(encoding="utf-8"))


def changed_lessons(root: Path = ROOT) -> list[str]:
    """The lessons that somebody has written in since they were built."""
    return [
        lesson
        for lesson, stamp in read_stamps(root).items()
        if lesson_path(lesson, root).exists()
        and written_in(lesson_path(lesson, root), stamp)
    ]


def written_in(path: Path, stamp: dict[str, str]) -> bool:
    """Whether a lesson's folder holds anything that was not built."""
    if {p.name for p in path.parent.iterdir()} - {path.name, CHECKPOINTS}:
        return True
    try:
        nb = nbformat.read(path, as_version=4)
    except (ValueError, OSError):  # not a notebook any more: not ours to lose
        return True
    return fingerprint(nb) != stamp["lesson"]


def is_stale(lesson: str, nb: NotebookNode) -> bool:
    stamp = read_stamps().get(lesson)
    return (
        stamp is None
        or stamp["source"] != fingerprint(nb)
        or not solved_path(lesson).exists()
        or not lesson_path(lesson).exists()
    )


def build(source: Path, nb: NotebookNode, overwrite: bool) -> str:
    """Build one lesson. Returns a sentence if the lesson was left alone."""
    lesson = source.stem
    stamps = read_stamps()
    solved, target = solved_path(lesson), lesson_path(lesson)
    solved.parent.mkdir(exist_ok=True)
    execute(nb, solved.parent)
    write(nb, solved)
    released = release(lesson, solved)
    kept = target.exists() and (
        lesson not in stamps or written_in(target, stamps[lesson])
    )
    stamps[lesson] = {
        "source": fingerprint(nb),
        "lesson": fingerprint(released),
    }
    if kept and not overwrite:
        return (
            f"lessons/{lesson} holds changes of yours and was left alone. "
            f"To have both, rename {target.name} to my_{target.name} and "
            f"build again; to drop yours, use --overwrite."
        )
    write(released, target)
    STAMPS.write_text(json.dumps(stamps, indent=1, sort_keys=True) + "\n")
    return ""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m grader.notebooks",
        description=(
            "Build solutions/*/*.ipynb (executed) and lessons/*/*.ipynb (for "
            "learners) from solutions/*.py. Only lessons whose text or "
            "exercises changed are built, unless --all is given or they are "
            "named. A lesson that somebody has written in is left alone."
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
    if not options.all and not options.lessons:
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
            notes.append(build(known[name], nb, options.overwrite))
            progress.advance(task)
        progress.update(task, description="done")
    built = len(wanted) - sum(map(bool, notes))
    print(f"{built} built, {len(known) - len(wanted)} up to date.")
    for note in filter(None, notes):
        print(note)
    return 0


if __name__ == "__main__":
    sys.exit(main())
