"""Stands in for byhand/check.py inside the seal, where no answers are."""

from collections.abc import Callable
from typing import Any


class CheckFailed(AssertionError):
    """Never raised here; a lesson may still name it."""


def check(exercise_id: str, answer: Callable[..., Any], **_: Any) -> None:
    print(f"{exercise_id}: this one the grader checks itself.")


def last() -> None:
    print("The grader keeps what it says of an answer for the feedback.")


def solution(exercise_id: str) -> None:
    """There is none here."""
    print(f"{exercise_id}: the model answer is not shown where it is graded.")
