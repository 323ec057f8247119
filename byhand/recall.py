"""The questions at the end of each lesson, as cards for a learner's own box.

A pair stands in a lesson's Markdown under RECALL, the answer folded away:

    <details><summary>1. Question, with a little HTML?</summary>

    Answer, in Markdown.

    </details>
"""

import csv
import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from byhand.saved import cells_of

RECALL = re.compile(r"^## Recall$(.*?)(?=^## |\Z)", re.M | re.S)
_PAIR = re.compile(
    r"<details><summary>(?:\d+\. )?(.*?)\s*</summary>\n\n(.*?)\n\n</details>",
    re.S,
)
ENDINGS = (".apkg", ".csv")
COURSE = "Attention by Hand"
MODEL = 1607392319  # of a card; the same for ever, or Anki takes it for new


class Pair(NamedTuple):
    """question: with HTML for code. answer: Markdown."""

    lesson: str
    question: str
    answer: str


def pairs(lesson: str, cells: Iterable[dict[str, Any]]) -> list[Pair]:
    """The pairs of a notebook's cells."""
    found = [p for cell in cells for p in RECALL.findall(cell["source"])]
    return [
        Pair(lesson, " ".join(question.split()), answer.strip())
        for part in found
        for question, answer in _PAIR.findall(part)
    ]


def of_notebooks(paths: Iterable[Path]) -> Iterator[Pair]:
    """ValueError: one is no notebook."""
    for path in paths:
        try:
            yield from pairs(path.stem, cells_of(path))
        except ValueError as error:
            raise ValueError(f"{path} is {error}") from None


def write(found: list[Pair], path: Path) -> None:
    """As an Anki deck or as CSV, by the ending. OSError: it cannot be."""
    if path.suffix == ".csv":
        write_csv(found, path)
    else:
        write_deck(found, path)


def write_csv(found: list[Pair], path: Path) -> None:
    """As it is written, for programs of any kind."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(Pair._fields)
        for one in found:
            asked = re.sub(r"</?code>", "`", one.question)
            table.writerow([one.lesson, asked, one.answer])


def write_deck(found: list[Pair], path: Path) -> None:
    """For Anki: a deck a lesson, under one of the course's name."""
    import genanki  # an extra's: not everybody has it

    model = genanki.Model(
        MODEL,
        COURSE,
        fields=[{"name": "Question"}, {"name": "Answer"}],
        templates=[
            {
                "name": "Recall",
                "qfmt": "{{Question}}",
                "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}",
            }
        ],
    )
    decks: dict[str, Any] = {}
    for one in found:
        deck = decks.setdefault(
            one.lesson,
            genanki.Deck(number_of(one.lesson), f"{COURSE}::{one.lesson}"),
        )
        note = genanki.Note(
            model=model,
            fields=[one.question, as_html(one.answer)],
            # A changed answer is the same card: it keeps its due date.
            guid=genanki.guid_for(one.lesson, one.question),
            tags=[one.lesson],
        )
        deck.add_note(note)
    genanki.Package(list(decks.values())).write_to_file(path)


def number_of(lesson: str) -> int:
    """The same number for a lesson's deck each time."""
    return int(hashlib.sha256(lesson.encode()).hexdigest()[:8], 16)


def as_html(text: str) -> str:
    """Markdown as Anki shows it, which has MathJax for formulas."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    reader = MarkdownIt("commonmark").use(dollarmath_plugin, renderer=_formula)
    rendered: str = reader.render(text)
    return rendered.strip()


def _formula(text: str, options: dict[str, Any]) -> str:
    text = html.escape(text, quote=False)
    return f"\\[{text}\\]" if options["display_mode"] else f"\\({text}\\)"
