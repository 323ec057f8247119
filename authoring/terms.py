"""The words of the field: glossary and cheat sheet, of one list.

site/terms.toml says which lesson says a term first; that lesson's page leads
from there to the glossary, and the glossary leads back.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from authoring.paths import ROOT, sources

LIST = ROOT / "site" / "terms.toml"
# Where a word cannot be a link, or would lead into something folded.
CLOSED = re.compile(
    r"<details>.*?</details>|```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]+\$"
    r"|!?\[[^\]]*\]\([^)]*\)|<[^>]+>|^#.*?$",
    re.M | re.S,
)


@dataclass(frozen=True)
class Term:
    name: str
    lesson: str  # that says it first, such as 07_self_attention
    means: str
    said: str = ""  # how it is said there, where that is another form
    formula: str = ""  # in TeX
    shape: str = ""  # in Markdown

    @property
    def place(self) -> str:
        """The name of the place where it is first said."""
        return "first-" + re.sub(r"\W+", "-", self.name.lower()).strip("-")

    @property
    def facts(self) -> str:
        """Its formula and its shape, as Markdown."""
        formula = self.formula and f"${self.formula}$"
        return ", ".join(filter(None, (formula, self.shape)))


def parts() -> dict[str, list[Term]]:
    """All terms in the order of the lessons, by the part of the course."""
    by_number = {source.stem[:2]: source.stem for source in sources()}
    return {
        part: [
            Term(name, **{**given, "lesson": by_number[given["lesson"]]})
            for name, given in listed.items()
        ]
        for part, listed in tomllib.loads(LIST.read_text("utf-8")).items()
    }


def terms() -> list[Term]:
    return [term for listed in parts().values() for term in listed]


def places(term: Term, text: str) -> Iterator[re.Match]:
    """Where a term is said in the prose of a Markdown text, in order."""
    closed = [match.span() for match in CLOSED.finditer(text)]
    said = term.said or term.name
    words = r"\s+".join(map(re.escape, said[1:].split(" ")))
    first = f"[{said[0].lower()}{said[0].upper()}]"
    for match in re.finditer(rf"(?<![\w-]){first}{words}(?![\w-])", text):
        if not any(a < match.end() and match.start() < b for a, b in closed):
            yield match


def first_place(
    term: Term, cells: Iterable[NotebookNode]
) -> tuple[NotebookNode, re.Match] | None:
    """Where a lesson introduces a term, in bold; else where it says it."""
    said = [
        (cell, match)
        for cell in cells
        if cell.cell_type == "markdown"
        for match in places(term, cell.source)
    ]
    return next(filter(in_bold, said), said[0] if said else None)


def in_bold(said: tuple[NotebookNode, re.Match]) -> bool:
    cell, match = said
    before, after = cell.source[: match.start()], cell.source[match.end() :]
    return before.endswith("**") and after.startswith("**")


def link_first(cells: list[NotebookNode], known: Iterable[Term]) -> None:
    """Make a term's first place in a lesson a link to the glossary.

    KeyError: the lesson does not say it.
    """
    for term in known:
        found = first_place(term, cells)
        if found is None:
            raise KeyError(f"{term.lesson} does not say {term.name!r}")
        cell, match = found
        shown = " ".join(match[0].split())
        link = f"[{{term}}`{shown} <{term.name}>`]{{#{term.place}}}"
        cell.source = (
            cell.source[: match.start()] + link + cell.source[match.end() :]
        )


def glossary() -> str:
    entries = [
        f"{term.name}\n"
        f"  {' '.join(term.means.split())} {term.facts and term.facts + '.'} "
        f"[First said in lesson {int(term.lesson[:2])}](#{term.place})."
        for term in sorted(terms(), key=lambda term: term.name.lower())
    ]
    return "\n".join(
        [
            "# Glossary",
            "",
            "Each term, with where the course first says it. What has a",
            "formula or a shape is in the [cheat sheet](cheat_sheet.md), too.",
            "",
            "```{glossary}",
            "\n\n".join(entries),
            "```",
            "",
        ]
    )


def cheat_sheet() -> str:
    lines = [
        "# Cheat sheet",
        "",
        "Formulas and shapes, to print on two pages. Each name leads to the "
        "[glossary](glossary.md).",
        "",
    ]
    for part, listed in parts().items():
        rows = [
            f"| {{term}}`{term.name}` | "
            f"{f'${term.formula}$' if term.formula else ''} | {term.shape} |"
            for term in listed
            if term.facts
        ]
        lines += [f"## {part}", "", "| | formula | shape |", "|---|---|---|"]
        lines += [*rows, ""]
    return "\n".join(lines)
