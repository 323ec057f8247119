"""A class's grades as tables."""

import csv
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

WAITS = "yes"  # under `incomplete`: somebody has still to look
NAMES = ("last_name", "first_name")
# Names of some languages need these two of the signs that are not seen.
JOINERS = "\u200c\u200d"


def visible(text: Any) -> str:
    """A text as it is: no sign in it turns round what is shown."""
    return "".join(
        f"\\u{ord(c):04x}"
        if unicodedata.category(c) == "Cf" and c not in JOINERS
        else c
        for c in str(text)
    )


def plain(text: Any) -> str:
    """A cell of a table, which no spreadsheet takes for a formula.

    Names and folders are the learners'.
    """
    shown = visible(text)
    return f"'{shown}" if shown.startswith(tuple("=+-@\t\r")) else shown


def cell(value: Any) -> str | float:
    if value is None:
        return ""
    return value if isinstance(value, (int, float)) else plain(value)


def write(path: Path, rows: Iterator[list]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([*map(cell, row)] for row in rows)


# --- one lesson ------------------------------------------------------------


def of_a_lesson(book: Gradebook, lesson: str) -> Iterator[list]:
    """A row a student, with a column an exercise.

    Who has handed in nothing has a row without marks.
    """
    notebooks = book.find_assignment(lesson).notebooks
    columns = [cell.name for one in notebooks for cell in one.grade_cells]
    yield [
        *("student_id", *NAMES),
        *(name.removesuffix("-check") for name in columns),
        *("late_penalty", "score", "max_score", "incomplete"),
    ]
    handed_in = {
        one.student.id: one for one in book.assignment_submissions(lesson)
    }
    for student in book.students:
        row = [student.id, student.last_name, student.first_name]
        one = handed_in.get(student.id)
        if one is None:
            yield [*row, *[None] * (len(columns) + 3), "nothing handed in"]
            continue
        marks = {g.name: mark(g) for n in one.notebooks for g in n.grades}
        penalty = one.late_submission_penalty or 0.0
        yield [
            *row,
            *(marks.get(name) for name in columns),
            *(penalty, points(one), one.max_score),
            WAITS if one.needs_manual_grade else "",
        ]


def points(submission: Any) -> float:
    """What a submission comes to, its lateness taken off."""
    penalty = submission.late_submission_penalty or 0.0
    return max(0.0, submission.score - penalty)


def mark(grade: Any) -> float | None:
    """A person's, where there is one; None: nobody has said."""
    given = grade.manual_score
    given = grade.auto_score if given is None else given
    return None if given is None else given + (grade.extra_credit or 0.0)


# --- the course ------------------------------------------------------------


class GradesExport(ExportPlugin):
    """nbgrader's grades.csv, with commas in names, and what is not final."""

    def export(self, gradebook: Gradebook) -> None:
        to = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", to)
        write(to, self.rows(gradebook))

    def rows(self, book: Gradebook) -> Iterator[list]:
        yield [
            *("assignment", "duedate", "timestamp", "student_id", *NAMES),
            *("email", "raw_score", "late_submission_penalty", "score"),
            *("max_score", "incomplete"),
        ]
        students = {str(one) for one in self.student}
        assignments = {str(one) for one in self.assignment}
        for assignment in book.assignments:
            if assignments and assignment.name not in assignments:
                continue
            handed_in = {
                one.student.id: one
                for one in book.assignment_submissions(assignment.name)
            }
            for student in book.students:
                if not students or student.id in students:
                    one = handed_in.get(student.id)
                    yield self.row(assignment, student, one)

    def row(self, assignment: Any, student: Any, one: Any) -> list:
        score = one.score if one else 0.0
        penalty = one.late_submission_penalty or 0.0 if one else 0.0
        return [
            assignment.name,
            assignment.duedate,
            one and one.timestamp,
            *(student.id, student.last_name, student.first_name),
            *(student.email, score, penalty, points(one) if one else 0.0),
            assignment.max_score,
            WAITS if one and one.needs_manual_grade else "",
        ]
