"""The front door: check an answer to an exercise."""

from collections.abc import Callable
from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np

from byhand import card, model_answer, notebook, notes
from byhand.bank import find, lesson, slugs
from byhand.exercise import Exercise
from byhand.judge import Verdict, judge
from byhand.message import CheckFailed, Message, not_callable, short_cut

__all__ = ["CheckFailed", "check", "last", "solution"]

_last: Message | None = None  # of the last check that failed
_right: set[str] = set()  # names of checks, in this kernel


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
        if output.live and not (failed and failed.unwritten):
            notes.add_check(exercise.checks(part), right=not failed)
        if failed:
            failed = failed.noting(old) if old else failed
            _last = failed.told
            if output.show(str(failed), card.wrong(failed.told)):
                failed.is_shown = True
            raise failed
        line, more = verdict.line(), _also_said(verdict)
        line += f" {old}" * bool(old)
        _right.update(exercise.checks(part))
        said = f"{line}\n{more}" if more else line
        if not output.show(said, card.right(line, *_done(exercise), more)):
            print(said)


def last() -> None:
    """Print all of the message of the last check that failed."""
    print(_last.whole() if _last else "No check has failed yet.")


def solution(exercise_id: str) -> Any:
    """The model answer of an exercise, once your own is right.

    exercise_id: such as "self_attention.softmax".

    "self_attention" alone is the question of that lesson which is answered in
    words: its model answer is shown once yours is written, and saved.

    Returns what is to be shown; None where a sentence says why there is none:
    no check of all of the exercise was right yet, or no solved notebook is
    here.
    UnknownExercise (a KeyError): no such id.
    """
    try:
        if exercise_id in slugs():
            return _solution_in_words(exercise_id)
        return _solution(find(exercise_id))
    except (model_answer.NoSolutions, model_answer.NoQuestion) as error:
        print(error)
        return None


def _solution(exercise: Exercise) -> Any:
    if not _right_ones().issuperset(exercise.checks(None)):
        print(
            f"{exercise.id}: solve it first. The model answer is shown once "
            "the check says that yours is right."
        )
        return None
    from IPython import display  # slow to import, and no check needs it

    code: Any = display.Code
    return code(model_answer.of(exercise), language="python")


def _solution_in_words(slug: str) -> Any:
    name, text = model_answer.in_words(slug)
    if not model_answer.is_written(name, Path.cwd()):
        print(
            f"{slug}: answer the question in your own words first, and save "
            "the notebook. Then ours is shown."
        )
        return None
    from IPython import display

    markdown: Any = display.Markdown
    return markdown(text)


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


def _done(exercise: Exercise) -> tuple[int, int]:
    """How many exercises of its lesson are right, and how many there are."""
    group, right = lesson(exercise.lesson).EXERCISES, _right_ones()
    done = sum(right.issuperset(one.checks(None)) for one in group)
    return done, len(group)


def _right_ones() -> set[str]:
    """What was right in this kernel and, for a person, in one before it."""
    known = notes.read() if notebook.is_read_by_a_person() else {}
    return _right | {name for name, right in known.items() if right}
