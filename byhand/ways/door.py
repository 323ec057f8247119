"""The doors to an answer: `@inside`, and `@apart` from it."""

import importlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from byhand.elsewhere import Elsewhere
from byhand.exercise import directly

HERE = __package__


def inside(way: Callable) -> Callable:
    """A way whose body runs where the answer runs.

    way: takes the answer, then plain values, and returns plain values.
    """

    @wraps(way)
    def use(answer: Callable, *inputs: Any) -> Any:
        if isinstance(answer, Elsewhere):
            return answer.use(_name(way), *inputs)
        return way(answer, *inputs)

    vars(use)["asks_for"] = _name(way)
    return use


def apart(way: Callable) -> Callable:
    """A way whose body looks at what an answer left, such as a file.

    It is called with the answer, as all ways are, and its body gets None in
    that place: it runs where nothing of the answer's author has run, so that
    it may use libraries that they could have patched, on bytes that nobody
    should read without a seal.
    """

    @wraps(way)
    def use(answer: Callable, *inputs: Any) -> Any:
        if isinstance(answer, Elsewhere):
            return answer.apart(_name(way), *inputs)
        return way(None, *inputs)

    return use


def asked_for(way: Callable) -> str | None:
    """The name by which a way asks for an answer elsewhere, once and at once.

    "" for the plain call; None for a way that does more here than to ask.
    """
    if way is directly:
        return ""
    return getattr(way, "asks_for", None)


def _name(way: Callable) -> str:
    return f"{way.__module__.rpartition('.')[2]}.{way.__name__}"


def named(name: str) -> Callable:
    """The way of that name, "modules.backward" say, without its door."""
    module, _, function = name.partition(".")
    door = getattr(importlib.import_module(f"{HERE}.{module}"), function)
    return door.__wrapped__
