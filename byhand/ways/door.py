"""The one door to an answer: `@inside`."""

import importlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from byhand.elsewhere import Elsewhere

HERE = __package__


def inside(way: Callable) -> Callable:
    """A way whose body runs where the answer runs.

    way: takes the answer, then plain values, and returns plain values.
    """

    @wraps(way)
    def use(answer: Callable, *inputs: Any) -> Any:
        if isinstance(answer, Elsewhere):
            return answer.use(f"{module}.{way.__name__}", *inputs)
        return way(answer, *inputs)

    module = way.__module__.rpartition(".")[2]
    return use


def named(name: str) -> Callable:
    """The way of that name, "modules.built" say, without its door."""
    module, _, function = name.partition(".")
    door = getattr(importlib.import_module(f"{HERE}.{module}"), function)
    return door.__wrapped__
