"""The front door: check an answer to an exercise."""

from collections.abc import Callable
from textwrap import indent
from typing import Any

import numpy as np

from byhand.bank import find
from byhand.judge import judge
from byhand.message import CheckFailed, not_callable, short_cut

__all__ = ["CheckFailed", "check"]


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

    Prints one line and returns None if the answer is right. CheckFailed: it
    is wrong, and the message says how. UnknownExercise (a KeyError): no such
    id. ValueError: no such part. TypeError: the seed is not an integer.
    """
    exercise = find(exercise_id)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed should be an integer; got {seed!r}")
    if seed < 0:
        raise ValueError(f"seed should not be negative; got {seed}")
    if not callable(answer):
        raise not_callable(exercise, answer)
    verdict = judge(exercise, answer, part, (int(seed),))
    if verdict.failed:
        raise verdict.failed
    print(verdict.line())
    if verdict.short_cuts:
        print(
            f"{short_cut(exercise, verdict.short_cuts)} Graded, it earns "
            "nothing, unless your instructor allows it."
        )
    printed = "\n".join(dict.fromkeys(text for text in verdict.said if text))
    if printed:
        print(f"Your code printed or warned:\n{indent(printed, '    ')}")
