"""Where an answer holds other answers, and right ones put in their place.

A learner reaches an earlier answer of theirs by its name, through a helper, in
a decorator's closure, in a `partial`, as a default, in an object or as a base
class. Wherever that is, a right version stands in for a while.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

from byhand.reading import globals_in

_MOST = 10_000  # things that are looked at: a learner may hold anything
_PLAIN = (type(None), bool, int, float, complex, str, bytes, ModuleType)
_NOT_THEIRS = (os.path.dirname(os.__file__), str(Path(__file__).parent), "<fr")


Put = Callable[[Any], None]
Part = tuple[Any, Put]


class Place(NamedTuple):
    """Where an earlier answer is held.

    name: its exercise's. held: the answer, or None: a name that is missing.
    put: puts another there; None: makes it missing again.
    """

    name: str
    held: Any
    put: Put


@contextmanager
def replaced(
    places: list[Place], right: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Right answers in these places. right: by name.

    Yields what was replaced: name to the learner's own, None for a missing.
    """
    done: list[Place] = []
    for place in places:
        with suppress(Exception):  # some things cannot be changed
            place.put(right[place.name])
            done.append(place)
    try:
        yield {place.name: place.held for place in done}
    finally:
        for place in reversed(done):
            place.put(place.held)


def places(
    answer: Any, scope: dict[str, Any], names: Iterable[str]
) -> list[Place]:
    """The places where an answer holds the answers of these names.

    scope: the globals of the learner's notebook. An earlier answer is not
    looked into: a right one holds none of theirs.
    """
    theirs = {
        id(scope[name]): name for name in names if callable(scope.get(name))
    }
    missing = [name for name in names if name not in scope]
    found = []
    for value, put, missed in _reached(answer, scope, missing, {*theirs}):
        if missed or id(value) in theirs:
            name = missed or theirs[id(value)]
            found.append(Place(name, None if missed else value, put))
    return found


def scope_of(answer: Any) -> dict[str, Any]:
    """The globals of the notebook that an answer was written in."""
    for value, *_ in _reached(answer, {}, [], set()):
        if isinstance(value, FunctionType) and _is_theirs(value):
            return value.__globals__
    return {}


# --- walking ---------------------------------------------------------------


def _reached(
    answer: Any, scope: dict[str, Any], missing: list[str], end: set[int]
) -> Iterator[tuple[Any, Put, str]]:
    """Whatever an answer holds, each with how another is put there.

    missing: names that, where a function refers to them in vain, come as the
    third. end: ids of what is not looked into.
    """
    waiting: list[Part] = [(answer, _nowhere)]
    seen: dict[int, Any] = {}  # kept, so that no id is another's by now
    while waiting and len(seen) < _MOST:
        one, put = waiting.pop()
        yield one, put, ""
        if isinstance(one, _PLAIN) or id(one) in seen or id(one) in end:
            continue
        seen[id(one)] = one
        waiting += _parts(one, put)
        if isinstance(one, FunctionType) and _is_theirs(one):
            used = one.__globals__
            for name in globals_in(one.__code__):
                if name in used:
                    waiting.append((used[name], _item(used, name)))
                elif used is scope and name in missing:
                    # It counts as wrong: its cell failed.
                    yield None, _item(used, name), name


def _nowhere(_: Any) -> None:
    raise TypeError("this cannot be replaced")


def _parts(one: Any, put: Put) -> Iterator[Part]:
    """What a thing holds, each with how another is put there."""
    if isinstance(one, FunctionType):
        yield from _held_by_function(one)
    elif isinstance(one, MethodType):
        yield one.__func__, _nowhere
        yield one.__self__, _nowhere
    elif isinstance(one, partial):
        yield from _held_by_partial(one)
    elif isinstance(one, (staticmethod, classmethod)):
        kind = type(one)
        yield one.__func__, lambda new: put(kind(new))
    elif isinstance(one, property):
        yield one.fget, _nowhere
    elif isinstance(one, type):
        if any(map(_is_theirs, vars(one).values())) or _is_short(one):
            yield from _attributes(one)
            yield one.__bases__, partial(setattr, one, "__bases__")
    elif isinstance(one, (list, dict)):
        keys = range(len(one)) if isinstance(one, list) else list(one)
        yield from ((one[key], _item(one, key)) for key in keys)
    elif isinstance(one, (tuple, set, frozenset)):
        now = list(one)
        for key, value in enumerate(now):
            yield value, partial(_swap, now, key, type(one), put)
    else:
        yield type(one), _nowhere
        if isinstance(getattr(one, "__dict__", None), dict):
            yield from _attributes(one)


def _held_by_function(one: FunctionType) -> Iterator[Part]:
    for cell in one.__closure__ or ():
        with suppress(ValueError):  # it is empty
            yield cell.cell_contents, partial(setattr, cell, "cell_contents")
    yield from _attributes(one)  # what a decorator wrapped
    if _is_theirs(one):
        for name in ("__defaults__", "__kwdefaults__"):
            yield getattr(one, name), partial(setattr, one, name)


def _held_by_partial(one: partial) -> Iterator[Part]:
    def put(new: Any, place: int) -> None:
        state = [one.func, one.args, one.keywords, vars(one)]
        state[place] = new
        # What unpickling uses; the types that come with Python leave it out.
        one.__setstate__(tuple(state))  # type: ignore[attr-defined]

    for place, value in enumerate((one.func, one.args, one.keywords)):
        yield value, partial(put, place=place)


def _attributes(one: Any) -> Iterator[Part]:
    for name, value in list(vars(one).items()):
        if not name.startswith("__") or callable(value):
            yield value, partial(setattr, one, name)


def _swap(now: list, key: int, kind: type, put: Put, new: Any) -> None:
    """Put the same elements back, but for one."""
    now[key] = new
    put(kind(now))


def _item(those: Any, key: Any) -> Put:
    def put(new: Any) -> None:
        if new is None:
            del those[key]
        else:
            those[key] = new

    return put


def _is_theirs(one: Any) -> bool:
    """Whether a function is a learner's, and not a library's."""
    code = getattr(one, "__code__", None)
    if code is None:
        return False
    file = code.co_filename
    return "site-packages" not in file and not file.startswith(_NOT_THEIRS)


def _is_short(one: type) -> bool:
    """Whether a class, without methods of its own, could be a learner's."""
    return one.__module__ == "__main__"
