"""Compare what came with what was expected, and put the gap into words."""

from typing import Any

import numpy as np


class Unusable(ValueError):
    """The answer cannot be read as numbers; the message says why."""


def as_arrays(value: Any, names: tuple[str, ...]) -> tuple[np.ndarray, ...]:
    """The answer as float64 arrays, one for each name.

    Numbers, nested lists, NumPy arrays and tensors are all read. Unusable:
    anything else, or the wrong number of values.
    """
    if len(names) == 1:
        return (_as_array(value, names[0]),)
    wanted = f"{len(names)} values, ({', '.join(names)})"
    if value is None:
        raise Unusable(_NOTHING)
    if isinstance(value, (str, dict, set)) or not hasattr(value, "__len__"):
        raise Unusable(f"it should return {wanted}; got {_kind(value)}.")
    if len(value) != len(names):
        raise Unusable(
            f"it should return {wanted}; got {_kind(value)} of {len(value)}."
        )
    return tuple(_as_array(v, n) for v, n in zip(value, names, strict=True))


def as_shown(value: Any, names: tuple[str, ...]) -> tuple[np.ndarray, ...]:
    """As `as_arrays`, for a message: True and False stay what they are."""
    arrays = as_arrays(value, names)
    given = (value,) if len(names) == 1 else value
    return tuple(
        array.astype(bool) if _is_boolean(one) else array
        for array, one in zip(arrays, given, strict=True)
    )


def _is_boolean(value: Any) -> bool:
    dtype = value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype
    return str(dtype).rpartition(".")[2] == "bool"


_NOTHING = "it returned None; is there a `return` at the end?"


def _as_array(value: Any, name: str) -> np.ndarray:
    if value is None:
        raise Unusable(_NOTHING)
    if hasattr(value, "detach"):  # a torch tensor, without importing torch
        value = value.detach().cpu().double().numpy()
    if _has_text(value):  # NumPy would pad every item to the longest
        raise Unusable(f"{name} should be numbers; got {_kind(value)}.")
    try:
        array = np.asarray(value)
    except ValueError:
        raise Unusable(
            f"the rows of {name} are not all of one length."
        ) from None
    if array.dtype.kind not in "biuf":
        raise Unusable(f"{name} should be numbers; got {_kind(value)}.")
    return array.astype(np.float64)


def _has_text(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_has_text, value))
    return isinstance(value, (str, bytes))


def _kind(value: Any) -> str:
    name = type(value).__name__ or "nameless thing"
    article = "an" if name[0].lower() in "aeiou" else "a"
    if name == "generator":
        return "a generator (a `yield`, or round brackets for a list)"
    if callable(value):
        return f"a function ({name}); is a pair of brackets missing?"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return f"{article} {name}"


def limit(expected: np.ndarray, tolerance: float) -> np.ndarray:
    """How far a right answer may be off: relative and, near 0, absolute."""
    # Where −∞ is expected, a finite limit tells 0 from −1e9.
    size = np.where(np.isfinite(expected), np.abs(expected), 0.0)
    return tolerance * (1 + size)


def beyond(
    got: np.ndarray, expected: np.ndarray, limits: np.ndarray
) -> np.ndarray:
    """The gap in units of its limit; 0 for equal infinities or NaN."""
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        gaps = np.abs(got - expected) / limits
    return np.where(same, 0.0, np.where(np.isnan(gaps), np.inf, gaps))


def distance(
    got: np.ndarray, expected: np.ndarray, limits: np.ndarray
) -> float:
    """The largest gap, in limits; infinite where the shapes differ."""
    if got.shape != expected.shape:
        return np.inf
    return float(beyond(got, expected, limits).max(initial=0.0))


def gap(
    name: str, got: np.ndarray, expected: np.ndarray, limits: np.ndarray
) -> str:
    """One sentence: where `got` first differs. '' where it does not."""
    if got.shape != expected.shape:
        return (
            f"{name} should have shape {expected.shape}; "
            f"yours has shape {got.shape}."
        )
    wrong = beyond(got, expected, limits) > 1
    if not wrong.any():
        return ""
    if np.isnan(got[wrong]).any():
        return f"{name} has {int(np.isnan(got).sum())} NaN (not a number)."
    if got.ndim == 0:
        return f"{name} should be {number(expected)}; yours is {number(got)}."
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    where = ", ".join(map(str, first))
    return (
        f"First difference: {name}[{where}] should be "
        f"{number(expected[first])}; yours is {number(got[first])}."
    )


def close(got: np.ndarray, expected: np.ndarray, tolerance: float) -> bool:
    return distance(got, expected, limit(expected, tolerance)) <= 1


def pattern(got: np.ndarray, expected: np.ndarray, tol: float) -> str:
    """What a wrong array has to do with the right one, or ''."""
    if got.ndim == 2 and close(got.T, expected, tol):
        return "Yours is the right one transposed: rows and columns swapped."
    if got.shape != expected.shape or not np.isfinite(got).all():
        return ""
    if close(-got, expected, tol):
        return "Yours is right but for its sign."
    # Rounding errs by half a digit at most, and only where digits were lost.
    if np.abs(got - expected).max() <= 0.5e-2 and any(
        np.array_equal(got, np.round(got, n)) for n in (2, 3, 4, 5)
    ):
        return "Yours is rounded: return the numbers as they are."
    nonzero = np.abs(expected) > tol
    if nonzero.any() and close(got[~nonzero], expected[~nonzero], tol):
        ratios = got[nonzero] / expected[nonzero]
        if ratios.size > 1 and close(
            ratios, ratios[:1].repeat(len(ratios)), tol
        ):
            return (
                f"Yours is {number(ratios[0])} times the right one everywhere."
            )
    offset = got - expected
    if offset.size > 1 and close(
        offset, np.full_like(offset, offset.flat[0]), tol
    ):
        return f"Yours is off by {number(offset.flat[0])} everywhere."
    return ""


def number(value: Any) -> str:
    """A number for a message: short, but never rounded to a false 0."""
    return f"{float(value):.6g}"


def show(value: Any) -> str:
    """An input or an answer, short enough to read in a message."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.random.Generator):
        return "a random generator"
    if callable(value):  # a repr would show an address
        return getattr(value, "__name__", type(value).__name__)
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return number(value)
        return np.array2string(
            value,
            precision=4,
            suppress_small=bool(np.abs(value).max(initial=0) < 1e4)
            if value.dtype.kind == "f"
            else None,
            separator=", ",
            threshold=100,
            edgeitems=2,
            max_line_width=78,
        )
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (list, tuple)):
        inner = ", ".join(show(v) for v in value)
        text = f"[{inner}]" if isinstance(value, list) else f"({inner})"
    elif isinstance(value, dict):
        text = ", ".join(f"{name}: {_brief(v)}" for name, v in value.items())
    else:
        text = repr(value)
    return text if len(text) <= 400 else f"{text[:400]} …"


def _brief(value: Any) -> str:
    """An entry of a dict: of a module's weights, the shape says enough."""
    shape = getattr(value, "shape", ())
    return f"{tuple(shape)}" if len(shape) else show(value)
