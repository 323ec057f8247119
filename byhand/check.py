"""The front door: check an answer to an exercise."""

from collections.abc import Callable
from textwrap import indent
from typing import Any

import numpy as np

from byhand import card, model_answer, notebook
from byhand.bank import find, lesson
from byhand.exercise import Exercise
from byhand.judge import Verdict, judge
from byhand.message import CheckFailed, Message, not_callable, short_cut

__all__ = ["CheckFailed", "check", "last", "solution"]

_last: Message | None = None  # of the last check that failed
_right: set[tuple[str, str]] = set()  # exercises and parts, in this kernel


def check(
    exercise_id: str,
    answer: Callable[..., Any],
    *,
    part: str | None = None,
    seed: int = 0,
) -> None:
    """Check an answer to an exercise.

    exercise_id: such as "self_attention.softmax".
    answer: the function (or class) that was asked for, not its result.
    part: check one part only, in exercises that have parts.
    seed: of the random inputs, a non-negative integer; the same seed gives
        the same inputs.

    Says in one line that the answer is right, and returns None. CheckFailed:
    it is wrong, and the message says how; `last` prints all of it.
    UnknownExercise (a KeyError): no such id. ValueError: no such part.
    TypeError: the seed is not an integer.
    """
    global _last
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed should be an integer; got {seed!r}")
    if seed < 0:
        raise ValueError(f"seed should not be negative; got {seed}")
    with notebook.output() as output:
        exercise = find(exercise_id)
        if callable(answer):
            verdict = judge(exercise, answer, part, (int(seed),))
            failed = verdict.failed
        else:
            failed = not_callable(exercise, answer)
        old = _of_an_older_cell(exercise)
        if failed:
            failed = failed.noting(old) if old else failed
            _last = failed.told
            if output.show(str(failed), card.wrong(failed.told)):
                failed.is_shown = True
            raise failed
        line, more = verdict.line(), _also_said(verdict)
        line += f" {old}" * bool(old)
        _right.update((exercise.id, one) for one in _parts(exercise, part))
        said = f"{line}\n{more}" if more else line
        if not output.show(said, card.right(line, *_done(exercise), more)):
            print(said)


def last() -> None:
    """Print all of the message of the last check that failed."""
    print(_last.whole() if _last else "No check has failed yet.")


def solution(exercise_id: str) -> Any:
    """The model answer of an exercise, once your own is right.

    exercise_id: such as "self_attention.softmax".

    Returns the code, to be shown; None where a sentence says why there is
    none: in this kernel no check of all of the exercise was right yet, or no
    solved notebook is here.
    UnknownExercise (a KeyError): no such id.
    """
    exercise = find(exercise_id)
    if not _is_right(exercise):
        print(
            f"{exercise.id}: solve it first. The model answer is shown once "
            "the check says that yours is right."
        )
        return None
    from IPython import display  # slow to import, and no check needs it

    code: Any = display.Code
    try:
        return code(model_answer.of(exercise), language="python")
    except model_answer.NoSolutions as error:
        print(error)
        return None


def _also_said(verdict: Verdict) -> str:
    """What else there is to say of a right answer, in lines."""
    lines = []
    if verdict.short_cuts:
        lines.append(
            f"{short_cut(verdict.exercise, verdict.short_cuts)} Graded, it "
            "earns nothing, unless your instructor allows it."
        )
    printed = "\n".join(dict.fromkeys(text for text in verdict.said if text))
    if printed:
        told = f"Your code printed or warned:\n{indent(printed, '    ')}"
        lines.append(told)
    return "\n".join(lines)


def _of_an_older_cell(exercise: Exercise) -> str:
    """That what was judged is not what the learner wrote last."""
    error = notebook.broken(exercise.function)
    return (
        f"(This is about an older `{exercise.function}`: the cell above did "
        f"not run. {error})"
    ) * bool(error)


def _parts(exercise: Exercise, part: str | None) -> tuple[str, ...]:
    return (part,) if part else exercise.parts or ("",)


def _done(exercise: Exercise) -> tuple[int, int]:
    """How many exercises of its lesson are right, and how many there are."""
    group = lesson(exercise.lesson).EXERCISES
    return sum(map(_is_right, group)), len(group)


def _is_right(exercise: Exercise) -> bool:
    """In this kernel, in all its parts."""
    return all((exercise.id, one) in _right for one in _parts(exercise, None))
