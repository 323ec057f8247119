"""The pages of the site, as Sphinx reads them, from what the project has.

A lesson's page is what learners get, `lessons/NN_topic/NN_topic.ipynb`; what
its solved twin printed is folded under a cell that no answer stands in.
"""

import base64
import os
import re
import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from authoring.edition import LAST
from authoring.paths import (
    REPOSITORY,
    ROOT,
    lesson_path,
    solved_path,
    sources,
)
from authoring.terms import cheat_sheet, glossary, link_first, terms
from authoring.text import STILL, fingerprint, title

SITE = ROOT / "site"
# Of the project's other texts, what is for those who learn or teach.
TEXTS = {
    "docs/grading.md": "grading.md",
    "docs/learning.md": "learning.md",
    "docs/measurements.md": "measurements.md",
    "CHANGELOG.md": "changes.md",
}
# Which page has become of what: a lesson's also of its solved twin.
PAGES = {
    "README.md": "index.md",
    **TEXTS,
    **{
        f"{folder}/{source.stem}/{source.stem}.ipynb": (
            f"lessons/{source.stem}.ipynb"
        )
        for folder in ("lessons", "solutions")
        for source in sources()
    },
}
LINK = re.compile(r"(?<!!)\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)")
# A still is folded above what moves; on a page nothing does.
FOLDED = STILL.partition("\n")[0]
UNFOLDED = FOLDED.replace("<details>", "<details open>")
# Lessons that run in a browser, and the link to one.
IN_BROWSER = [x.stem for x in sources() if int(x.stem[:2]) <= LAST]
TRY = (
    '<a class="open-it" href="{0}try/notebooks/index.html'
    '?path=lessons/{1}/{1}.ipynb">{2} in your browser</a> '
    "[What differs there]({0}learning.md#in-a-browser-without-installing)"
)


def write(into: Path, *, edition: bool) -> None:
    """Write all pages. edition: whether they lead to lessons that run."""
    (into / "lessons" / "pictures").mkdir(parents=True)
    known = terms()
    for source in sources():
        nb = lesson(source, into / "lessons" / "pictures")
        link_first(nb.cells, [t for t in known if t.lesson == source.stem])
        invite(nb.cells[0], source.stem if edition else "")
        nbformat.write(nb, into / "lessons" / f"{source.stem}.ipynb")
    for origin, page in TEXTS.items():
        text = (ROOT / origin).read_text("utf-8")
        (into / page).write_text(relinked(text, origin, page), "utf-8")
    (into / "glossary.md").write_text(glossary(), "utf-8")
    (into / "cheat_sheet.md").write_text(cheat_sheet(), "utf-8")
    (into / "index.md").write_text(front(edition), "utf-8")
    shutil.copy(SITE / "api.md", into)
    (into / "assets").mkdir()
    shutil.copy(ROOT / "assets" / "slider.png", into / "assets")


def front(edition: bool) -> str:
    """The first page: the README's pitch, and its table of lessons."""
    readme = (ROOT / "README.md").read_text("utf-8")
    opening = readme.split("\n", 1)[1].partition("\n## ")[0].strip()
    # Who reads the page need not be told how to build it.
    pitch = re.sub(r"\n\n\*\*Try it.*?(?=\n\n|\Z)", "", opening, flags=re.S)
    lessons = readme.partition("\n## The lessons\n")[2].partition("\n## ")[0]
    table = "".join(re.findall(r"^\|.*\n", lessons, re.M))
    for source in sources():
        table = table.replace(f"[`{source.stem}`]", f"[{title(source)}]")
    text = (SITE / "index.md").read_text("utf-8")
    text = text.replace("{pitch}", pitch).replace("{lessons}", table)
    text = text.replace(
        "{try}", edition * TRY.format("", IN_BROWSER[0], "Try it")
    )
    return relinked(text, "README.md", "index.md")


def lesson(source: Path, pictures: Path) -> NotebookNode:
    """A lesson's page: what learners get, and what its solved twin printed."""
    nb = nbformat.read(lesson_path(source.stem), as_version=4)
    solved = nbformat.read(solved_path(source.stem), as_version=4)
    printed = {cell.id: cell.get("outputs", []) for cell in solved.cells}
    stills: set[str] = set()
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            stills |= write_attachments(cell, pictures)
            cell.source = cell.source.replace(FOLDED, UNFOLDED)
            cell.source = relinked(
                cell.source,
                f"lessons/{source.stem}/{source.stem}.ipynb",
                f"lessons/{source.stem}.ipynb",
            )
        elif "nbgrader" not in cell.metadata:
            show(cell, printed[cell.id], stills)
    return nb


def write_attachments(cell: NotebookNode, pictures: Path) -> set[str]:
    """Write a cell's pictures as files. Returns their names."""
    attached = cell.pop("attachments", {})
    for name, kinds in attached.items():
        (data,) = kinds.values()
        (pictures / name).write_bytes(base64.b64decode(data))
    cell.source = cell.source.replace("](attachment:", "](pictures/")
    return set(attached)


def show(
    cell: NotebookNode, outputs: list[NotebookNode], stills: set[str]
) -> None:
    """Fold what a cell printed under it.

    A slider looks as in the still above it, unless it was given something.
    """
    for output in outputs:
        data = output.get("data", {})
        picture = data.get("image/svg+xml")
        if picture and fingerprint(picture) in {n[-12:-4] for n in stills}:
            continue
        if picture or output.output_type in ("stream", "execute_result"):
            cell.outputs.append(output)
        if picture:
            cell.metadata.mystnb = {"image": {"alt": data["text/plain"]}}
    if cell.outputs:
        cell.metadata.setdefault("tags", []).append("hide-output")


def invite(cell: NotebookNode, name: str) -> None:
    """Say below a lesson's title how to open it. name: "" if it cannot be."""
    how = (
        TRY.format("../", name, "Open it")
        if name in IN_BROWSER
        else "*To read here. To write in it, [install the course]"
        "(../learning.md).*"
    )
    heading, _, rest = cell.source.partition("\n")
    cell.source = f"{heading}\n\n{how}\n{rest}"


def relinked(text: str, here: str, page: str) -> str:
    """A text of the project, its links leading to pages or the repository.

    here: the text's own path in the project. A link to what is neither a page
    nor, without an address, to be had, becomes its words.
    """

    def replace(match: re.Match) -> str:
        words, address = match.groups()
        where, hash_, heading = address.partition("#")
        heading = heading.lower()  # JupyterLab's keep their capitals
        if not where:
            return f"[{words}](#{heading})"
        target = os.path.normpath(Path(here).parent / where)
        if ":" in address or not (ROOT / target).exists():
            return str(match[0])
        if target in PAGES:
            to = os.path.relpath(PAGES[target], Path(page).parent)
            return f"[{words}]({to}{hash_}{heading})"
        to = f"{REPOSITORY}/blob/main/{target}"
        return f"[{words}]({to})" if REPOSITORY else words

    return LINK.sub(replace, text)
