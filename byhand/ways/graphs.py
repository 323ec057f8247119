"""A way to use an answer that remembers how its numbers came about."""

from collections.abc import Callable
from typing import Any

from byhand.ways.door import inside


@inside
def graphs(
    answer: Callable, leaves: dict[str, float], program: list[str]
) -> list[Any]:
    """Build graphs of values and go back through them, line by line.

    answer: makes a value of a number. leaves: name to number; each becomes a
    value. program: lines of Python about them, such as "c = a * 2.0" and
    "c.backward()"; a name that begins with an underscore is no value.
    Returns `data` of every name that the program gives, in the order in which
    they first come, and then `grad` of every leaf.
    TypeError: something is no value, or holds no number; it says what.
    """
    names: dict[str, Any] = {n: answer(x) for n, x in leaves.items()}
    begun = dict(names)  # a program may use the name of a leaf again
    scope: dict[str, Any] = {**names, "range": range, "sum": sum}
    given = set(scope)
    for line in program:
        exec(line, scope)
    results = [
        name
        for name in scope
        if name not in given and not name.startswith("_")
    ]
    return [
        [number_in(scope[name], name, "data") for name in results],
        [number_in(value, name, "grad") for name, value in begun.items()],
    ]


def number_in(value: Any, name: str, attribute: str) -> float:
    """An attribute that should be a number. TypeError: it is none."""
    if not hasattr(value, attribute):
        raise TypeError(f"{name} has no `{attribute}`: it is {_called(value)}")
    found = getattr(value, attribute)
    try:
        return float(found)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name}.{attribute} should be a number; it is {_called(found)}"
        ) from None


def _called(value: Any) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"
