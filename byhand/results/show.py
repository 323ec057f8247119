"""Values as text, short enough to read in a message."""

import re
import unicodedata
from typing import Any

import numpy as np

from byhand.results import tensors

MOST_AXES = 5
_LONGEST = 400  # characters of what is no array
_SMALL = 1e-4  # below it, four decimals would show a false 0

ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def number(value: Any) -> str:
    """A number for a message: short, but never rounded to a false 0 or 1."""
    value = float(value) + 0.0  # −0 is 0
    if 1e6 <= abs(value) < 1e15:
        return f"{value:.10g}"
    text = f"{value:.6g}"
    if float(text).is_integer() and not value.is_integer():
        longer = f"{value:.10g}"
        return text if float(longer).is_integer() else longer
    return text


def apart(one: Any, other: Any) -> tuple[str, str]:
    """Two numbers as texts with digits enough to tell them apart."""
    texts = number(one), number(other)
    for digits in (8, 10, 12, 14, 17):
        if texts[0] != texts[1] or float(one) == float(other):
            break
        texts = f"{float(one):.{digits}g}", f"{float(other):.{digits}g}"
    return texts


def quoted(text: str, most: int = 400) -> str:
    """A text as Python writes it, but so that every character is seen.

    Accents that are characters would sit on what stands before them, a quote
    say: they are escaped, like all that has no width. What goes from right to
    left is isolated, or a page would turn around the list that it stands in.
    """
    written = "".join(map(_seen, repr(text)))
    if len(written) > most:
        written = f"{written[:most]} …"
    leftwards = any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
    return f"\u2068{written}\u2069" if leftwards else written


def _seen(character: str) -> str:
    if not unicodedata.category(character).startswith("M"):
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def show(value: Any) -> str:
    """An input or an answer, short enough to read in a message."""
    if tensors.is_tensor(value):
        try:
            value = tensors.as_array(value)
        except tensors.NoNumbers as error:
            return str(error)
    if isinstance(value, np.random.Generator):
        return "a random generator"
    if callable(value):  # a repr would show an address
        return getattr(value, "__name__", type(value).__name__)
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, (list, tuple)):
        inner = ", ".join(show(v) for v in value)
        comma = "," * (len(value) == 1)
        text = f"[{inner}]" if isinstance(value, list) else f"({inner}{comma})"
    elif isinstance(value, dict):
        text = ", ".join(f"{name}: {_brief(v)}" for name, v in value.items())
    else:
        text = ADDRESS.sub("", repr(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _array(value: np.ndarray) -> str:
    """An array, whatever NumPy's printing options a lesson has set."""
    if value.ndim == 0:
        return number(value) if value.dtype.kind in "biuf" else str(value)
    if value.ndim > MOST_AXES:  # NumPy never leaves out of a short axis
        some = show(value.reshape(-1)[:8])
        return f"an array of shape {value.shape}, from {some} on"
    return np.array2string(
        value,
        separator=", ",
        threshold=100,
        edgeitems=2,
        max_line_width=78,
        # A plain dict: NumPy's type for it is private.
        formatter=_formatter(value),  # type: ignore[arg-type]
    )


def _formatter(value: np.ndarray) -> dict[str, Any]:
    """Numbers of an array, each as short as it is and all of one width."""
    kind = value.dtype.kind
    if kind == "b":
        width = 5 if not value.all() else 4
        return {"bool": lambda one: f"{one!s:>{width}}"}
    if kind in "iu":
        ends = [int(value.min()), int(value.max())] if value.size else []
        width = max((len(str(end)) for end in ends), default=0)
        return {"int_kind": lambda one: f"{one:>{width}}"}
    if kind != "f":
        return {}
    sizes = np.abs(value[np.isfinite(value)])
    noise = 1e-12 * sizes.max(initial=0.0)

    def short(one: Any) -> str:
        return _short(0.0 if abs(one) < noise else float(one))

    # Of a long array a few stand for all, as only its ends are shown.
    some = value.reshape(-1)
    some = some if some.size <= 100 else np.r_[some[:50], some[-50:]]
    width = max((len(short(one)) for one in some), default=0)
    return {"float_kind": lambda one: f"{short(one):>{width}}"}


def _short(value: float) -> str:
    """A float among others: up to four decimals, and one at least."""
    value += 0.0  # −0 is 0
    if not np.isfinite(value) or 0 < abs(value) < _SMALL:
        return f"{value:.3g}"
    if abs(value) >= 1e6:
        return f"{value:.10g}"
    text = f"{value:.4f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def _brief(value: Any) -> str:
    """An entry of a dict: of a module's weights, the shape says enough."""
    shape = getattr(value, "shape", ())
    return f"{tuple(shape)}" if len(shape) else show(value)
