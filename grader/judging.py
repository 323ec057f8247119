"""Grade one submission: run it inside the seal, judge it outside.

The verdict is reached here. Inputs are drawn here, from a secret seed; the
learner's process turns them into results; these are compared here with the
reference. Nothing that a cell shows or raises decides anything.
"""

import hashlib
import time
from dataclasses import dataclass, field
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from byhand.bank import find
from byhand.check_cell import CheckCell, check_in
from byhand.judge import drawn, fingerprint, judge_on
from byhand.message import short_cut
from grader import shown
from grader.sealed import CannotSeal, Died, Door
from grader.session import Answer, Session, TimeLimits
from grader.submissions import (
    CODE,
    Graded,
    Release,
    Submission,
    Unreadable,
    clean,
    grade_id,
    imports,
    of_the_lesson,
    parse,
    put_in_order,
)

# Drawn twice, the cases of an exercise are twice those that a learner can see,
# and none of the numbers is one that they can see. Each draw alone tells every
# misconception from a right answer (tests/exercises).
DRAWS = 2
NOT_RIGHT = "not right yet"  # in the first line of what is wrong


@dataclass(frozen=True)
class Options:
    """How to grade.

    by_hand: whether a library call that does the whole exercise is refused.
    sealed: False runs learners' code with the grader's rights.
    """

    by_hand: bool = True
    sealed: bool = True
    limits: TimeLimits = field(default_factory=TimeLimits)


def seeds_of(exercise_id: str, seed: int) -> tuple[int, ...]:
    """The seeds of an exercise's inputs.

    Of each exercise others: what one shows must not foretell the next.
    """
    digests = (
        hashlib.sha256(f"{seed} {exercise_id} {draw}".encode()).digest()
        for draw in range(DRAWS)
    )
    return tuple(int.from_bytes(digest[:8]) for digest in digests)


def judged(
    session: Session, check: CheckCell, seed: int, options: Options
) -> tuple[str, str, str]:
    """Judge an answer. (What is wrong or '', its misconception, the line.)"""
    exercise = find(check.exercise)
    head = f"{exercise.id}: not right yet.\n"
    try:
        there = session.request("defined", 5, name=check.answer)
    except Died as error:
        return f"{head}It could not be run: {error}.", "", ""
    if there is not True:
        return (
            f"{head}`{check.answer}` is no function after the cells above "
            "ran: did the cell that defines it fail?",
            "",
            "",
        )
    answer = Answer(session, check.answer, exercise)
    try:
        seeds = seeds_of(exercise.id, seed)
        trials = drawn(exercise, check.part, seeds)
        verdict = judge_on(trials, answer, check.part)
    except (CannotSeal, KeyboardInterrupt):
        raise
    except Exception as error:  # whatever a value can do to its reader
        said = f"What it returned cannot be read ({type(error).__name__})."
        return f"{head}{said}", "", ""
    if verdict.failed:
        return str(verdict.failed), verdict.failed.misconception, ""
    if verdict.short_cuts and options.by_hand:
        said = short_cut(exercise, verdict.short_cuts)
        return f"{head}{said}", "library call", ""
    return "", "", verdict.line()


def behaviour(session: Session, check: CheckCell) -> str:
    """What an answer does on the inputs that learners see; '' if unknown.

    On the same inputs for a whole class, so that wrong answers that nobody
    foresaw can be told to be alike (grader/report.py).
    """
    exercise = find(check.exercise)
    answer = Answer(session, check.answer, exercise)
    try:
        return fingerprint(drawn(exercise, check.part, (0,)), answer)
    except (CannotSeal, KeyboardInterrupt):
        raise
    except Exception:  # as in `judged`: it may be no function, or have died
        return ""


class Opened(NamedTuple):
    """A submission, and its notebook; without cells where it has none.

    problem: why it cannot be read, or ''.
    """

    submission: Submission
    notebook: NotebookNode
    problem: str


def opened(submission: Submission) -> Opened:
    """Read what was handed in."""
    try:
        return Opened(submission, parse(submission), "")
    except Unreadable as error:
        nothing = nbformat.v4.new_notebook()
        return Opened(submission, nothing, clean(str(error)))


def grade(
    door: Door,
    opened: Opened,
    release: Release,
    seed: int,
    options: Options,
) -> Graded:
    """Grade a submission; its notebook becomes the graded one.

    Only a failure of the seal itself is raised.
    """
    began = time.monotonic()
    submission, nb, problem = opened
    graded = Graded(sealed=options.sealed, problem=problem)
    is_there = of_the_lesson(nb, release)
    if not is_there and not graded.problem:
        graded.problem = (
            f"{submission.notebook} has no cell of this lesson; what counts "
            "is the notebook that was handed out, with your answers in it."
        )
    put_in_order(nb, release)
    if graded.problem:
        nb.cells.insert(0, nbformat.v4.new_markdown_cell(graded.problem))
    # The notebook itself may be large, and no lesson reads it.
    files = {
        name: content
        for name, content in submission.files.items()
        if name != submission.notebook
    }
    offered = imports(release.demonstrations)
    session = Session(door, files, options.limits, offered)
    try:
        for cell in nb.cells:
            _grade_cell(cell, session, release, seed, options, graded)
    finally:
        session.close()
    for source in release.cells:
        if source.grade and source.solution and source.name not in is_there:
            # What was written may be anywhere: a person must look.
            graded.scores[source.name] = graded.comments[source.name] = None
    graded.stopped = session.stopped
    graded.notebook = clean(nbformat.writes(nb))
    graded.seconds = time.monotonic() - began
    return graded


def _grade_cell(
    cell: NotebookNode,
    session: Session,
    release: Release,
    seed: int,
    options: Options,
    graded: Graded,
) -> None:
    source = release.cell(grade_id(cell))
    check = None
    if source and source.grade and not source.solution:
        check = check_in(source.source)
    if check and check.answer:
        _grade_check(cell, check, session, seed, options, graded)
    elif (
        cell.cell_type == CODE
        and cell.source not in release.demonstrations
        and not graded.problem
    ):
        cell.outputs = session.run(cell.source)
    if source and source.solution:
        empty = cell.source == source.source
        graded.comments[source.name] = "No response." if empty else None
        if source.grade:
            graded.scores[source.name] = 0.0 if empty else None


def _grade_check(
    cell: NotebookNode,
    check: CheckCell,
    session: Session,
    seed: int,
    options: Options,
    graded: Graded,
) -> None:
    if graded.problem:
        wrong, known, line = graded.problem, "", ""
    else:
        wrong, known, line = judged(session, check, seed, options)
        session.judged[check.exercise, check.part] = not wrong
    unforeseen = NOT_RIGHT in wrong.partition("\n")[0] and not known
    points = float(cell.metadata.nbgrader.points)
    name = cell.metadata.nbgrader.grade_id
    graded.scores[name] = 0.0 if wrong else points
    if wrong:
        head, *rest = wrong.splitlines()
        cell.outputs = [shown.error("CheckFailed", head, [head, *rest])]
    else:
        cell.outputs = [
            nbformat.v4.new_output("stream", name="stdout", text=f"{line}\n")
        ]
    graded.findings.append(
        {
            "cell": name,
            "exercise": check.exercise,
            "part": check.part,
            "points": graded.scores[name],
            "most": points,
            "misconception": known,
            "behaviour": behaviour(session, check) if unforeseen else "",
            "message": wrong,
        }
    )
