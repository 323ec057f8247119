"""nbgrader's gradebook: what was released, and what grading came to."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader import api, utils
from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError

from grader.submissions import (
    Graded,
    Release,
    SourceCell,
    Submission,
    demonstrations,
)

PATIENCE = 600.0  # seconds that a locked database is waited for
_PAUSE = 0.5


class CannotBegin(Exception):
    """Something has to be done first; the message says what."""


class Locked(Exception):
    """Somebody else kept the database for too long."""


@contextmanager
def opened(
    db_url: str, course_id: str, say: Callable[[str], None]
) -> Iterator[Gradebook]:
    """The gradebook, waited for while somebody else has it."""
    gradebook = patiently(lambda: Gradebook(db_url, course_id), say)
    try:
        yield gradebook
    finally:
        gradebook.close()


def patiently(
    act: Callable[[], Any],
    say: Callable[[str], None],
    undo: Callable[[], None] = lambda: None,
) -> Any:
    """Do it, again and again while the database is locked.

    undo: called before it is tried again. Locked: PATIENCE ran out.
    """
    until, said = time.monotonic() + PATIENCE, False
    while True:
        try:
            return act()
        except OperationalError as error:
            undo()
            if "locked" not in str(error).lower():
                raise
            if time.monotonic() > until:
                raise Locked(
                    f"the gradebook was locked for {PATIENCE:g} s; close what "
                    "has it open (a database browser?) and run this again"
                ) from None
            if not said:
                say("The gradebook is locked by another program; waiting.")
                said = True
            time.sleep(_PAUSE)


def release(gradebook: Gradebook, lesson: str, source: Path) -> Release:
    """The lesson as it was released.

    source: the instructor's notebook, which says what is a demonstration.
    CannotBegin: nbgrader has not generated it yet.
    """
    try:
        notebook = gradebook.find_notebook(lesson, lesson)
    except api.MissingEntry:
        raise CannotBegin(
            f"{lesson} is not in the gradebook; enter it with `nbgrader "
            f"generate_assignment {lesson}`, and run this again"
        ) from None
    graded = {cell.name: cell for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    cells = tuple(
        SourceCell(
            name=cell.name,
            cell_type=cell.cell_type,
            source=cell.source,
            locked=bool(cell.locked),
            grade=cell.name in graded,
            solution=cell.name in solutions,
            points=(
                float(graded[cell.name].max_score)
                if cell.name in graded
                else None
            ),
            checksum=cell.checksum,
        )
        for cell in notebook.source_cells
    )
    return Release(lesson, cells, demonstrations(source))


def has(gradebook: Gradebook, lesson: str, student: str) -> bool:
    """Whether the gradebook knows of a submission.

    It may have been made anew, or be another one, since that was entered.
    """
    try:
        gradebook.find_submission(lesson, student)
    except api.MissingEntry:
        return False
    return True


def record(
    gradebook: Gradebook,
    submission: Submission,
    graded: Graded,
    note: str,
    penalty: Callable[[str, float, float], float | None],
) -> None:
    """Enter what grading came to, in one transaction.

    Marks that a person gave stay; where there are any, the cell waits to be
    looked at again, as nbgrader has it. note: joins each answer's comment.
    penalty: from student, score and seconds late, the points it costs.
    """
    db = gradebook.db
    with db.no_autoflush:
        entry = _entry(gradebook, submission)
    notebook = next(
        n for n in entry.notebooks if n.notebook.name == submission.lesson
    )
    for grade in notebook.grades:
        if grade.cell.name not in graded.scores:
            continue
        grade.auto_score = graded.scores[grade.cell.name]
        grade.needs_manual_grade = (
            grade.manual_score is not None or grade.auto_score is None
        )
    for comment in notebook.comments:
        said = (graded.comments.get(comment.cell.name), note)
        comment.auto_comment = " ".join(filter(None, said)) or None
    db.flush()
    _penalise(gradebook, entry, notebook, penalty)
    db.commit()


Penalty = Callable[[str, float, float], float | None]


def penalise(
    gradebook: Gradebook, lesson: str, student: str, penalty: Penalty
) -> None:
    """Take off again what lateness costs: a due date may have moved."""
    entry = gradebook.find_submission(lesson, student)
    notebook = next(n for n in entry.notebooks if n.notebook.name == lesson)
    _penalise(gradebook, entry, notebook, penalty)
    gradebook.db.commit()


def _penalise(
    gradebook: Gradebook,
    entry: api.SubmittedAssignment,
    notebook: api.SubmittedNotebook,
    penalty: Penalty,
) -> None:
    notebook.late_submission_penalty = None
    late = entry.total_seconds_late
    if late > 0:
        gradebook.db.flush()
        gradebook.db.refresh(notebook)
        notebook.late_submission_penalty = penalty(
            entry.student.id, notebook.score, late
        )


def is_student(gradebook: Gradebook, name: str) -> bool:
    return gradebook.db.get(api.Student, name) is not None


def _entry(
    gradebook: Gradebook, submission: Submission
) -> api.SubmittedAssignment:
    """The submission's entry, made where there is none; not committed.

    nbgrader's own methods commit at every step.
    """
    db = gradebook.db
    student = db.get(api.Student, submission.student)
    if student is None:
        student = api.Student(id=submission.student)
        db.add(student)
    assignment = gradebook.find_assignment(submission.lesson)
    entry = (
        db.query(api.SubmittedAssignment)
        .filter_by(assignment_id=assignment.id, student_id=student.id)
        .one_or_none()
    )
    if entry is None:
        entry = api.SubmittedAssignment(assignment=assignment, student=student)
        for notebook in assignment.notebooks:
            copy = api.SubmittedNotebook(notebook=notebook, assignment=entry)
            for cell in (*notebook.grade_cells, *notebook.task_cells):
                api.Grade(cell_id=cell.id, cell=cell, notebook=copy)
            for cell in (*notebook.solution_cells, *notebook.task_cells):
                api.Comment(cell_id=cell.id, cell=cell, notebook=copy)
        db.add(entry)
    if submission.timestamp:
        entry.timestamp = _time(submission.timestamp) or entry.timestamp
    return entry


def _time(text: str) -> Any:
    try:
        return utils.parse_utc(text)
    except Exception:  # a learner may have written anything in there
        return None
