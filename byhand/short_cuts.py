"""Notice the library calls that would do a whole exercise.

By hand means by hand: an exercise may name such calls (`Exercise.not_by`).
This tells honest people that they took a short cut; it is not a lock.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import CodeType, FrameType
from typing import Any

from byhand.elsewhere import Elsewhere
from byhand.reading import attributes_in, functions_of, globals_in

# Whose functions count. A learner's own `softmax` is what was asked for.
LIBRARIES = ("numpy", "scipy", "sklearn", "torch", "sacrebleu", "nltk")
# Where there are ufuncs, of whose calls nothing can be noticed.
_WITH_UFUNCS = ("scipy.special", "numpy")
# Of our own library, whatever is there to be shown and not to be called.
OURS = (
    *("byhand.digits", "byhand.sliders", "byhand.gpt", "byhand.text"),
    "byhand.special",
)
# Whoever calls an answer; and a right answer that stands in for a learner's.
_CALLERS = ("byhand.ways", "byhand.exercise", "byhand.attempt")
_RIGHT = ("lent", "byhand.exercises")

_noticing = threading.local()


@contextmanager
def notice(
    names: tuple[str, ...] | None, answer: Any = None
) -> Iterator[list[str]]:
    """Notice calls, in this thread, of library functions of these names.

    Of classes too, and of whatever our own library has. None: of nothing.
    Yields a list that fills with what was called, such as "torch.softmax",
    each once and in order. answer: whose code is read for ufuncs, as these
    are called without a trace.
    """
    called: list[str] = []
    before = getattr(_noticing, "called", None)
    if names is None:
        yield called
        return

    # Called for every call there is: what is nobody's is out at once.
    nobodys: set[CodeType] = set()

    def event(frame: FrameType, kind: str, function: Any) -> None:
        if kind == "call":
            if frame.f_code in nobodys:
                return
            name = frame.f_code.co_name
            home = frame.f_globals.get("__name__") or ""
            if name == "__init__":
                # By what is built, and by the class of the library that it
                # is made from.
                built = type(frame.f_locals.get("self"))
                add(built.__name__, built.__module__, frame.f_back)
                made_from = frame.f_code.co_qualname.rpartition(".")[0]
                add(made_from.rpartition(".")[2], home, frame.f_back)
            elif name in names or home.startswith("byhand."):
                add(name, home, frame.f_back)
            else:
                nobodys.add(frame.f_code)
        elif kind == "c_call":
            name = getattr(function, "__name__", "")
            if name in names:
                add(name, _home(function), frame)

    def add(name: str, home: str | None, caller: FrameType | None) -> None:
        if name in names or (home or "").startswith("byhand."):
            _add(called, names, name, home or "", caller)

    _noticing.called = called
    if _is_elsewhere(answer):  # it is noticed there, and reported here
        try:
            yield called
        finally:
            _noticing.called = before
        return
    profiled = sys.getprofile()
    with ExitStack() as stack:
        if "torch" in sys.modules and mentions(answer, names):
            stack.enter_context(_tensors(called, names))
        sys.setprofile(event)
        try:
            yield called
        finally:
            sys.setprofile(profiled)
            _noticing.called = before
            # Not before it ran: it may have imported their library itself.
            _add_new(called, ufuncs_in(answer, names))


@contextmanager
def unnoticed() -> Iterator[None]:
    """Notice no calls while this lasts: noticing takes longer than they do."""
    profiled = sys.getprofile()
    if not is_noticing():  # it is not ours
        yield
        return
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(profiled)


def is_noticing() -> bool:
    return getattr(_noticing, "called", None) is not None


def _is_elsewhere(answer: Any) -> bool:
    if isinstance(answer, partial):
        return any(map(_is_elsewhere, (answer.func, *answer.args)))
    return isinstance(answer, Elsewhere)


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


def mentions(answer: Any, names: tuple[str, ...]) -> bool:
    """Whether an answer's code refers to anything of these names."""
    return any(
        name.removeprefix("special_") in names for name, _ in _reached(answer)
    )


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
        _add_new(called, calls)


def _add_new(called: list[str], calls: list[str]) -> None:
    called += [call for call in calls if call not in called]


def handed_in(answer: Any, names: tuple[str, ...]) -> list[str]:
    """The calls that an answer is, if it is the library's function itself.

    answer: or a partial of it, or of what is to use it.
    """
    called: list[str] = []
    if isinstance(answer, partial):
        for one in (answer.func, *answer.args):
            if callable(one):
                called += handed_in(one, names)
    elif not isinstance(answer, _ufunc_type()):  # `ufuncs_in` sees those
        name = getattr(answer, "__name__", "")
        home = getattr(answer, "__module__", None) or _home(answer)
        _add(called, names, str(name), str(home), None)
    return called


def _add(
    called: list[str],
    names: tuple[str, ...],
    name: str,
    home: str,
    caller: FrameType | None,
) -> None:
    ours = _is_in(home, OURS)
    if not ours and (name not in names or not _is_in(home, LIBRARIES)):
        return
    call = f"{home.partition('.')[0]}.{name}"
    # What ours calls in its turn, and what it does when it is imported.
    if ours and (name.startswith("<") or _is_in(_module(caller), OURS)):
        return
    if call not in called and not _by_a_right_one(caller):
        called.append(call)


def _by_a_right_one(frame: FrameType | None) -> bool:
    """Whether a right answer, lent to a learner's, made the call."""
    while frame is not None and not _is_in(_module(frame), _CALLERS):
        if _is_in(_module(frame), _RIGHT):
            return True
        frame = frame.f_back
    return False


def _module(frame: FrameType | None) -> str:
    return str(frame.f_globals.get("__name__")) if frame else ""


def _is_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == p or module.startswith(f"{p}.") for p in packages)


def _home(function: Any) -> str:
    """The module that a built-in function or method comes from."""
    owner = getattr(function, "__self__", None)
    kind = owner if isinstance(owner, type) else type(owner)
    return getattr(function, "__module__", None) or kind.__module__


def _tensors(called: list[str], names: tuple[str, ...]) -> Any:
    """Sees what a profile cannot: C functions that C calls (map, partial)."""
    from torch.overrides import TorchFunctionMode

    wanted = {name: name for name in names}
    wanted |= {f"special_{name}": name for name in names}

    class Functions(TorchFunctionMode):
        # Every look at a tensor comes by here, a thousand times a model.
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            name = getattr(func, "__name__", "")
            if name in wanted:
                _add(called, names, wanted[name], "torch", sys._getframe(1))
            return func(*args, **(kwargs or {}))

    return Functions()
