"""The model answer of an exercise, from the checkout's solved notebooks.

They are in no wheel and in no browser edition, and what is sealed sees none.
"""

import json
import re
from pathlib import Path

from byhand.exercise import Exercise

SOLUTIONS = Path(__file__).parent.parent / "solutions"
_MARK = re.compile(r" *### (BEGIN|END) SOLUTION\n?")


class NoSolutions(LookupError):
    """There are no solved notebooks here; the sentence says so."""


def of(exercise: Exercise) -> str:
    """The code of the cell that answers it. NoSolutions: there is none."""
    paths = list(SOLUTIONS.glob(f"[0-9][0-9]_{exercise.lesson}/*.ipynb"))
    if not paths:
        raise NoSolutions(
            f"{exercise.id}: there is no model answer here. It is in the "
            "solved notebook of its lesson, which comes with the course's "
            "folder and is not installed."
        )
    cells = json.loads(paths[0].read_text(encoding="utf-8"))["cells"]
    (source,) = (
        cell["source"]
        for cell in cells
        if cell["metadata"].get("nbgrader", {}).get("grade_id")
        == exercise.function
    )
    return _MARK.sub("", "".join(source)).strip()
