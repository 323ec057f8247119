"""Notice the library calls that would do a whole exercise.

By hand means by hand: an exercise may name such calls (`Exercise.not_by`).
This tells honest people that they took a short cut; it is not a lock.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import FrameType
from typing import Any

from byhand.reading import attributes_in, functions_of, globals_in

# Whose functions count. A learner's own `softmax` is what was asked for.
LIBRARIES = ("numpy", "scipy", "sklearn", "torch")
# Where there are ufuncs, of whose calls nothing can be noticed.
_WITH_UFUNCS = ("scipy.special", "numpy")

_noticing = threading.local()


@contextmanager
def notice(names: tuple[str, ...], answer: Any = None) -> Iterator[list[str]]:
    """Notice calls, in this thread, of library functions of these names.

    Of classes too. Yields a list that fills with what was called, such as
    "torch.softmax", each once and in order. answer: whose code is read for
    ufuncs, as these are called without a trace.
    """
    called: list[str] = ufuncs_in(answer, names) if names else []
    before = getattr(_noticing, "called", None)
    if not names:
        yield called
        return

    def event(frame: FrameType, kind: str, function: Any) -> None:
        if kind == "call":
            name, home = frame.f_code.co_name, frame.f_globals.get("__name__")
            if name == "__init__":  # by what is being built
                built = type(frame.f_locals.get("self"))
                name, home = built.__name__, built.__module__
        elif kind == "c_call":
            name, home = getattr(function, "__name__", ""), _home(function)
        else:
            return
        _add(called, names, name, home or "")

    _noticing.called = called
    profiled = sys.getprofile()
    with ExitStack() as stack:
        if "torch" in sys.modules:
            stack.enter_context(_tensors(called, names))
        sys.setprofile(event)
        try:
            yield called
        finally:
            sys.setprofile(profiled)
            _noticing.called = before


def ufuncs_in(answer: Any, names: tuple[str, ...]) -> list[str]:
    """The ufuncs of these names that an answer refers to, or is.

    By reading its code, and that of the learner's functions that it uses: a
    call of a ufunc cannot be noticed.
    """
    ufuncs = {
        name: (getattr(sys.modules[library], name), library.split(".")[0])
        for library in _WITH_UFUNCS
        for name in names
        if isinstance(
            getattr(sys.modules.get(library), name, None), _ufunc_type()
        )
    }
    if not ufuncs:
        return []
    found: list[str] = []
    for name, value in _reached(answer):
        for ufunc, (itself, library) in ufuncs.items():
            call = f"{library}.{ufunc}"
            if (value is itself or name == ufunc) and call not in found:
                found.append(call)
    return found


def _ufunc_type() -> type:
    numpy: Any = sys.modules.get("numpy")
    return numpy.ufunc if numpy else type(None)


def _reached(answer: Any) -> Iterator[tuple[str, Any]]:
    """Names and values that an answer's code refers to.

    A global with its value; of an attribute the name alone.
    """
    waiting, seen = [answer], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, partial):
            waiting += [one.func, *one.args, *one.keywords.values()]
            continue
        yield "", one
        for function in functions_of(one):
            code = function.__code__
            if code in seen:
                continue
            seen.add(code)
            used = function.__globals__
            for name in globals_in(code):
                if name in used:
                    yield "", used[name]
                    # Only the learner's own are read on.
                    home = getattr(used[name], "__module__", None)
                    if home == used.get("__name__"):
                        waiting.append(used[name])
            yield from ((name, None) for name in attributes_in(code))


def report(calls: list[str]) -> None:
    """Add calls that were noticed elsewhere to what is being noticed here."""
    called = getattr(_noticing, "called", None)
    if called is not None:
        called += [call for call in calls if call not in called]


def _add(
    called: list[str], names: tuple[str, ...], name: str, home: str
) -> None:
    if name not in names:
        return
    library = home.partition(".")[0]
    call = f"{library}.{name}"
    if library in LIBRARIES and call not in called:
        called.append(call)


def _home(function: Any) -> str:
    """The module that a built-in function or method comes from."""
    owner = getattr(function, "__self__", None)
    kind = owner if isinstance(owner, type) else type(owner)
    return getattr(function, "__module__", None) or kind.__module__


def _tensors(called: list[str], names: tuple[str, ...]) -> Any:
    """Sees what a profile cannot: C functions that C calls (map, partial)."""
    from torch.overrides import TorchFunctionMode

    class Functions(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            name = getattr(func, "__name__", "").removeprefix("special_")
            _add(called, names, name, "torch")
            return func(*args, **(kwargs or {}))

    return Functions()
