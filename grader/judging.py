"""Grade one submission: run it inside the seal, judge it outside.

The verdict is reached here. Inputs are drawn here, from a secret seed; the
learner's process turns them into results; these are compared here with the
reference. Nothing that a cell shows or raises decides anything.
"""

import base64
import binascii
import builtins
import hashlib
import inspect
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode

from byhand import by_hand
from byhand.answer import TIME_LIMIT, Elsewhere
from byhand.answer import OutOfTime as AnswerOutOfTime
from byhand.bank import find
from byhand.check import Trial, judge_on, short_cut, trials_of
from byhand.check_cell import CheckCell, check_in
from byhand.exercise import Exercise
from grader.inside.worker import SHOWN
from grader.sealed import CannotSeal, Died, Nursery, OutOfTime, Worker
from grader.submissions import (
    CODE,
    Graded,
    Release,
    Submission,
    Unreadable,
    clean,
    grade_id,
    parse,
    put_in_order,
)

# Drawn twice, the cases of an exercise are twice those that a learner can see,
# and none of the numbers is one that they can see. Each draw alone tells every
# misconception from a right answer (tests/exercises).
DRAWS = 2
MOST_SHOWN = 10 * 2**20  # characters of output in a graded notebook


@dataclass(frozen=True)
class Limits:
    """How long a learner's work may take, in seconds."""

    cell: int = 60
    notebook: int = 300
    # Beyond a limit that is kept inside the seal, before it is ended from
    # outside: for those who swallow interrupts.
    patience: int = 3


@dataclass(frozen=True)
class Options:
    """How to grade.

    by_hand: whether a library call that does the whole exercise is refused.
    sealed: False runs learners' code with the grader's rights.
    """

    by_hand: bool = True
    sealed: bool = True
    limits: Limits = Limits()


# --- a learner's process ---------------------------------------------------


class Session:
    """A submission's processes: if one dies, another takes its place.

    A cell that ended one is left out from then on, so that it spoils what
    depends on it and nothing else.
    """

    def __init__(
        self, nursery: Nursery, files: dict[str, bytes], limits: Limits
    ) -> None:
        self.nursery, self.files, self.limits = nursery, files, limits
        self.until = time.monotonic() + limits.notebook
        self.ran: list[str] = []
        self.judged: set[tuple[str, str | None]] = set()
        self.room = MOST_SHOWN
        self.stopped: list[str] = []
        self.worker: Worker | None = None

    def request(self, what: str, seconds: float, **inputs: Any) -> Any:
        """As Worker.request, in a worker that has run the cells so far."""
        self._seconds_left()
        worker = self.worker or self._revive()
        left = self._seconds_left()
        try:
            return worker.request(what, min(seconds, left), **inputs)
        except Died:
            self.worker = None
            raise

    def _seconds_left(self) -> float:
        """OutOfTime: there are none."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise OutOfTime(
                f"the notebook had run for {self.limits.notebook} s, which "
                "is all that it may"
            )
        return left

    def _revive(self) -> Worker:
        while True:
            self.worker = self.nursery.worker()
            try:
                self.worker.request("write", 30, files=self.files)
            except Died as error:  # nothing of the learner's has run yet
                raise CannotSeal(f"a worker did not begin: {error}") from None
            for place, source in enumerate(self.ran):
                try:
                    self._run(source)
                except Died:
                    # It went well before: not one to rely on.
                    self.close()
                    self._seconds_left()
                    del self.ran[place]
                    break
            else:
                return self.worker

    def _run(self, source: str) -> Any:
        limit = self.limits.cell
        return self.request(
            "run", limit + self.limits.patience, source=source, limit=limit
        )

    def run(self, source: str) -> list[NotebookNode]:
        """Run a cell; its outputs."""
        try:
            outputs = self._fitting(_outputs(self._run(source)))
        except Died as error:
            self.stopped.append(f"a cell: {error}")
            return [
                _error(
                    "CellEnded",
                    f"This cell was ended, and left out: {error}.",
                )
            ]
        if any(o.get("ename") == "CellTimeout" for o in outputs):
            self.stopped.append(f"a cell: stopped after {self.limits.cell} s")
        else:
            self.ran.append(source)
        return outputs

    def replace(self, name: str, right: dict[str, Callable]) -> tuple:
        """Right answers in place of those an answer uses; their names."""
        try:
            names = self.request(
                "replace", self.limits.patience, name=name, right=right
            )
        except Died:
            return ()
        listed = names if isinstance(names, list) else []
        return tuple(n for n in right if n in listed)

    def restore(self) -> None:
        """The learner's own functions again, and no right one to be asked."""
        if self.worker:
            self.worker.functions = []
            with suppress(Died):
                self.request("restore", self.limits.patience)

    def _fitting(self, outputs: list[NotebookNode]) -> list[NotebookNode]:
        """The outputs for which a graded notebook still has room."""
        self.room -= len(json.dumps(outputs))
        if self.room < 0:
            text = "(The notebook shows more than is kept.)\n"
            return [nbformat.v4.new_output("stream", text=text)]
        return outputs

    def close(self) -> None:
        if self.worker:
            self.worker.kill()
            self.worker = None


class Answer(Elsewhere):
    """A learner's function, which runs in their process."""

    def __init__(
        self, session: Session, name: str, exercise: Exercise
    ) -> None:
        self.session, self.name, self.exercise = session, name, exercise
        self.not_by = exercise.not_by
        self.gone = ""

    def __call__(self, *inputs: Any) -> Any:
        return self.use("", *inputs)

    def use(self, way: str, *inputs: Any) -> Any:
        if self.gone:  # once is enough to know
            raise _exception({"name": "ProcessEnded", "message": self.gone})
        try:
            reply = self.session.request(
                "call",
                TIME_LIMIT + Limits.patience,
                name=self.name,
                way=way,
                inputs=list(inputs),
                limit=TIME_LIMIT,
                not_by=list(self.not_by),
            )
            return self._came(reply, inputs)
        except OutOfTime as error:
            self.session.stopped.append(f"{self.name}: {error}")
            raise AnswerOutOfTime from None
        except Died as error:
            self.gone = f"{error}; does it exit, or use too much memory?"
            self.session.stopped.append(f"{self.name}: {error}")
            raise _exception(
                {"name": "ProcessEnded", "message": self.gone}
            ) from None

    def _came(self, reply: Any, inputs: tuple) -> Any:
        if not isinstance(reply, dict):
            raise Died("the process did not answer")
        print(_text(reply.get("printed")), end="")
        by_hand.report([c for c in self._calls(reply) if c])
        for place, value in self._changed(reply, len(inputs)):
            _change(inputs[place], value)
        if reply.get("timed_out"):
            raise AnswerOutOfTime
        if reply.get("error"):
            raise _exception(reply["error"])
        return reply.get("value")

    def _calls(self, reply: dict) -> list[str]:
        came = reply.get("short_cuts")
        listed = came if isinstance(came, list) else []
        return [c for c in listed if str(c).rpartition(".")[2] in self.not_by]

    def _changed(self, reply: dict, number: int) -> list:
        came = reply.get("changed")
        with suppress(TypeError, ValueError):
            return [
                (place, value)
                for place, value in came or []
                if isinstance(place, int) and 0 <= place < number
            ]
        return []

    @contextmanager
    def with_right(
        self, references: dict[str, Callable]
    ) -> Iterator[tuple[str, ...]]:
        self.gone = ""
        # One whose own verdict is still to come must not help itself to it.
        right = {
            n: inspect.getsource(one) if isinstance(one, type) else one
            for n, one in references.items()
            if self._settled(n)
        }
        names = self.session.replace(self.name, right)
        try:
            yield names
        finally:
            self.session.restore()

    def _settled(self, name: str) -> bool:
        """Whether an earlier exercise has been judged, in all its parts."""
        exercise = find(f"{self.exercise.lesson}.{name}")
        return self.session.judged >= {
            (exercise.id, part) for part in exercise.parts or (None,)
        }


def _change(given: Any, value: Any) -> None:
    """Do to an input what the answer did to its copy."""
    with suppress(Exception):  # what came may not fit
        if isinstance(given, np.random.Generator):
            given.bit_generator.state = value.bit_generator.state
        elif isinstance(given, np.ndarray):
            given[...] = value
        elif isinstance(given, list):
            given[:] = value
        elif hasattr(given, "detach"):
            given.detach().copy_(value.detach())


def _exception(came: Any) -> Exception:
    """An exception like the learner's: of the built-in kind that it was."""
    came = came if isinstance(came, dict) else {}
    kinds = came.get("kinds")
    bases = [
        kind
        for kind in (
            getattr(builtins, str(name), None)
            for name in (kinds if isinstance(kinds, list) else [])
        )
        if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    name = _text(came.get("name"))[:60] or "Exception"
    base = bases[0] if bases else Exception
    message = _text(came.get("message"))
    try:
        error = type(name, (base,), {"__str__": lambda _: message})()
    except (TypeError, ValueError):  # some want arguments of their own
        error = type("Error", (Exception,), {"__str__": lambda _: message})()
    error.learners_line = _text(came.get("line"))[:200]
    return error


def _text(value: Any) -> str:
    return clean(value[:SHOWN]) if isinstance(value, str) else ""


# --- what a cell shows -----------------------------------------------------


def _outputs(came: Any) -> list[NotebookNode]:
    """A cell's outputs, as plain text and pictures: the learner's word."""
    kept = []
    for output in came[:50] if isinstance(came, list) else []:
        kind = output.get("output_type") if isinstance(output, dict) else ""
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            text = _text(output.get("text"))
            kept.append(nbformat.v4.new_output(kind, name=name, text=text))
        elif kind == "error":
            lines = output.get("traceback")
            kept.append(
                _error(
                    _text(output.get("ename"))[:100],
                    _text(output.get("evalue")),
                    lines if isinstance(lines, list) else [],
                )
            )
        elif kind == "display_data" and isinstance(output.get("data"), dict):
            kept.append(
                nbformat.v4.new_output(kind, data=_data(output["data"]))
            )
    return kept


def _data(came: dict) -> dict[str, str]:
    data = {}
    if _text(came.get("text/plain")):
        data["text/plain"] = _text(came["text/plain"])
    picture = came.get("image/png")
    if isinstance(picture, str):
        with suppress(binascii.Error, ValueError):
            base64.b64decode(picture, validate=True)
            data["image/png"] = picture
    return data


def _error(
    name: str, message: str, lines: list[Any] | None = None
) -> NotebookNode:
    shown = [_text(line) for line in (lines or [f"{name}: {message}"])[:200]]
    return nbformat.v4.new_output(
        "error", ename=name, evalue=message, traceback=shown
    )


# --- the verdict -----------------------------------------------------------


def seeds_of(exercise_id: str, seed: int) -> tuple[int, ...]:
    """The seeds of an exercise's inputs.

    Of each exercise others: what one shows must not foretell the next.
    """
    digests = (
        hashlib.sha256(f"{seed} {exercise_id} {draw}".encode()).digest()
        for draw in range(DRAWS)
    )
    return tuple(int.from_bytes(digest[:8]) for digest in digests)


@lru_cache(maxsize=200)
def trials(exercise: Exercise, part: str | None, seed: int) -> list[Trial]:
    """The same for a whole class, right and known wrong answers and all."""
    return trials_of(exercise, part, seeds_of(exercise.id, seed))


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
        verdict = judge_on(
            trials(exercise, check.part, seed), answer, check.part
        )
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


def grade(
    nursery: Nursery,
    submission: Submission,
    release: Release,
    seed: int,
    options: Options,
) -> Graded:
    """Grade a submission. Only a failure of the seal itself is raised."""
    began = time.monotonic()
    graded = Graded(sealed=options.sealed)
    try:
        nb = put_in_order(parse(submission), release)
    except Unreadable as error:
        graded.problem = clean(str(error))
        nb = put_in_order(nbformat.v4.new_notebook(), release)
        nb.cells.insert(0, nbformat.v4.new_markdown_cell(graded.problem))
    # The notebook itself may be large, and no lesson reads it.
    files = {
        name: content
        for name, content in submission.files.items()
        if name != submission.notebook
    }
    session = Session(nursery, files, options.limits)
    try:
        for cell in nb.cells:
            _grade_cell(cell, session, release, seed, options, graded)
    finally:
        session.close()
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
        session.judged.add((check.exercise, check.part))
    points = float(cell.metadata.nbgrader.points)
    name = cell.metadata.nbgrader.grade_id
    graded.scores[name] = 0.0 if wrong else points
    if wrong:
        head, *rest = wrong.splitlines()
        cell.outputs = [_error("CheckFailed", head, [head, *rest])]
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
            "message": wrong,
        }
    )
