"""How wrong answers are made: a right one, but for one thing."""

from collections.abc import Callable
from functools import partial
from typing import Any


def but(right: Callable, **seams: Any) -> Callable:
    """A right answer but for what is given here.

    right: a function or class whose keyword parameters are the seams at which
        people go wrong, each with the right part as its default.
    """
    return partial(right, **seams)
