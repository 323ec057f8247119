"""The model answers of a lesson, from the checkout's solved notebooks.

They are in no wheel and in no browser edition, and what is sealed sees none.
"""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from byhand.exercise import Exercise
from byhand.saved import cells_of

SOLUTIONS = Path(__file__).parent.parent / "solutions"
UNWRITTEN = "YOUR ANSWER HERE"  # what nbgrader puts there
_MARK = re.compile(r" *### (BEGIN|END) SOLUTION\n?")
_SCHEME = re.compile(r"### BEGIN MARK SCHEME.*?### END MARK SCHEME", re.S)


class NoSolutions(LookupError):
    """There are no solved notebooks here; the sentence says so."""


class NoQuestion(LookupError):
    """The lesson asks for no answer in words; the sentence says so."""


def of(exercise: Exercise) -> str:
    """The code of the cell that answers it. NoSolutions: there is none."""
    (source,) = (
        cell["source"]
        for cell in _solved(exercise.lesson)
        if grade_id(cell) == exercise.function
    )
    return _MARK.sub("", source).strip()


def in_words(slug: str) -> tuple[str, str]:
    """The name of the cell that answers a lesson's question, and its text.

    NoSolutions: there are none here. NoQuestion: none is asked.
    """
    for cell in _solved(slug):
        if cell["cell_type"] == "markdown" and grade_id(cell):
            return grade_id(cell), _SCHEME.sub("", cell["source"]).strip()
    raise NoQuestion(f"{slug}: this lesson has no question in words.")


def is_written(name: str, folder: Path) -> bool:
    """Whether a notebook in a folder, as saved, has a text of the learner's.

    name: of the cell. In what a kernel knows there is no Markdown.
    """
    for path in folder.glob("*.ipynb"):
        with suppress(OSError, ValueError, KeyError):  # broken: none of it
            for cell in cells_of(path):
                if grade_id(cell) == name:
                    text = cell["source"].replace(UNWRITTEN, "")
                    if text.strip():
                        return True
    return False


def grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _solved(slug: str) -> list[dict[str, Any]]:
    """The cells of a lesson's solved notebook."""
    paths = list(SOLUTIONS.glob(f"[0-9][0-9]_{slug}/*.ipynb"))
    if not paths:
        raise NoSolutions(
            f"{slug}: there is no model answer here. It is in the solved "
            "notebook of its lesson, which comes with the course's folder "
            "and is not installed."
        )
    return cells_of(paths[0])
