"""From a lesson's text, solutions/NN_topic.py, to its notebook."""

import base64
import hashlib
import importlib
import re
from pathlib import Path

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from authoring import pictures
from authoring.paths import REPOSITORY, ROOT, sources
from byhand.bank import find
from byhand.check_cell import check_in
from byhand.exercise import Exercise

LICENCE = (
    "*Text and pictures: CC BY 4.0, code: MIT, the Attention by Hand authors.*"
)
DOOR = """\
# In Colab this fetches the course. Where the course is, it does nothing.
import importlib.util
import subprocess
import sys

if not importlib.util.find_spec("byhand"):
    pip = [sys.executable, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "git+{}"], check=True)
    importlib.invalidate_caches()
"""
DIRECTIVE = re.compile(
    r"^\{(lessons|card|figure|picture)(?: ([\w.]+)( .+)?)?\}$", re.M
)
# The README's table of the lessons: one, what is built there, minutes, needs.
ROW = re.compile(r"^\| \[`(\w+)`\]\([^)]+\) (\| .+ \| \d+ \| .+ \|)$", re.M)
# Nobody needs it who runs the next cell, and it may answer what is asked.
STILL = """\
<details><summary>The picture as it begins, without running it</summary>

{}

</details>"""
INDEX = "The lessons"  # the heading of that table in the first lesson


class BuildError(Exception):
    """A lesson cannot be built; the message says which cell and why."""


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
    add_ways(nb, source)
    add_door(nb, REPOSITORY)
    seen: dict[str, int] = {}
    for cell, after in zip(nb.cells, [*nb.cells[1:], None], strict=True):
        where = f"{source.name}, the cell that begins {cell.source[:60]!r}"
        try:
            if cell.cell_type == "markdown":
                expand(cell, live=shows(after))
            if "nbgrader" in cell.metadata:
                complete(cell)
        except (KeyError, ValueError, ModuleNotFoundError) as error:
            raise BuildError(f"{where}: {error}") from error
        cell.id = stable_id(cell, seen)
    return nb


def add_ways(nb: NotebookNode, source: Path) -> None:
    """Links to the neighbours, at both ends, and under what licence it is."""
    every = sources()
    if source not in every:  # a text by itself
        return
    place = every.index(source)
    index = f"#{INDEX.replace(' ', '-')}"
    links = [f"[All lessons]({link(every[0]) if place else ''}{index})"]
    if place:
        before = every[place - 1]
        links.insert(0, f"[← {title(before)}]({link(before)})")
    for after in every[place + 1 : place + 2]:
        links.append(f"[{title(after)} →]({link(after)})")
    ways = " &nbsp;·&nbsp; ".join(links)
    texts = [cell for cell in nb.cells if cell.cell_type == "markdown"]
    texts[0].source = "\n\n".join([texts[0].source, ways, LICENCE])
    texts[-1].source = "\n\n".join([texts[-1].source, ways])


def add_door(nb: NotebookNode, address: str) -> None:
    """Behind the first text, for Colab: a cell that fetches the course.

    Without its extras and its exact versions, so that the PyTorch and NumPy
    that are there stay. address: of the repository; without one, no cell.
    """
    if address:
        cell = new_code_cell(DOOR.format(address))
        cell.metadata = NotebookNode(
            tags=["demonstration", "door"], jupyter={"source_hidden": True}
        )
        nb.cells.insert(1, cell)


def title(source: Path) -> str:
    """What a lesson is called: its first heading."""
    found = re.search(r"^# # (.+)$", source.read_text("utf-8"), re.M)
    if not found:
        raise BuildError(f"{source.name} has no heading")
    return found[1]


def link(source: Path) -> str:
    return f"../{source.stem}/{source.stem}.ipynb"


def shows(cell: NotebookNode | None) -> str:
    """The slider that a cell shows, or ""."""
    source = cell.source if cell and cell.cell_type == "code" else ""
    found = re.search(r"^(\w+)\.show\(", source, re.M)
    return found[1] if found else ""


def expand(cell: NotebookNode, live: str = "") -> None:
    """Replace directives by what they stand for.

    {card EXERCISE}: the exercise's card. {figure SLIDER}: the static picture
    of a slider in byhand/sliders/, folded where the next cell shows it, which
    is `live`. {picture FILE ALT TEXT}: one of assets/. {lessons}: the table of
    them all.
    """

    def replace(match: re.Match) -> str:
        kind, name, alt = match.groups()
        if kind == "lessons":
            return lessons_table()
        if kind == "card":
            return card(find(name))
        if kind == "figure":
            panel = importlib.import_module(f"byhand.sliders.{name}").show()
            still = attach(cell, name, panel.still, panel.summary)
            return STILL.format(still) if name == live else still
        picture = (ROOT / "assets" / name).read_text(encoding="utf-8")
        return attach(cell, Path(name).stem, picture, alt or "")

    cell.source = DIRECTIVE.sub(replace, cell.source)


def lessons_table() -> str:
    """All lessons, with links: the README's table."""
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = {name: cells for name, cells in ROW.findall(readme)}
    lines = [
        "| lesson | what you build | minutes | needs |",
        "|:--|:--|--:|:--|",
    ]
    for source in sources():
        if source.stem in rows:
            name = f"[{title(source)}]({link(source)})"
            lines.append(f"| {name} {rows[source.stem]}")
    return "\n".join(lines)


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
    name = f"{name}-{fingerprint(svg)}.png"
    encoded = base64.b64encode(pictures.png(svg)).decode()
    attachments = cell.setdefault("attachments", NotebookNode())
    attachments[name] = NotebookNode({"image/png": encoded})
    return f"![{alt}](attachment:{name})"


def fingerprint(svg: str) -> str:
    """Of a picture, eight letters long."""
    return hashlib.sha256(svg.encode()).hexdigest()[:8]


def card(exercise: Exercise) -> str:
    """The exercise as Markdown: what is asked, and the ladder, folded."""
    points = str(exercise.points)
    if exercise.parts:
        points = " + ".join(
            f"{exercise.points_of(p)} ({p})" for p in exercise.parts
        )
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
        f"{exercise.asks}{not_allowed(exercise)}\n\n{ladder}"
    )


def not_allowed(exercise: Exercise) -> str:
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
        asked = check_in(cell.source)
        if asked is None:
            raise ValueError("a graded test cell should call check(…)")
        exercise, part = find(asked.exercise), asked.part
        if bool(part) != bool(exercise.parts):
            raise ValueError(f"{exercise.id} has parts {exercise.parts}")
        cell.metadata.nbgrader.points = exercise.points_of(part)


def stable_id(cell: NotebookNode, seen: dict[str, int]) -> str:
    """A cell's id depends on its own content and on nothing else."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    text = f"{cell.cell_type}\n{cell.source}"
    name = name or hashlib.sha256(text.encode()).hexdigest()[:12]
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"
