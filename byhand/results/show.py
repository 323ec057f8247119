"""Values as text, short enough to read in a message."""

import re
import unicodedata
from typing import Any

import numpy as np

from byhand.results import tensors

MOST_AXES = 5

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def number(value: Any) -> str:
    """A number for a message: short, but never rounded to a false 0."""
    return f"{float(value):.6g}"


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
        if value.ndim == 0:
            return number(value) if value.dtype.kind in "biuf" else str(value)
        if value.ndim > MOST_AXES:  # NumPy never leaves out of a short axis
            some = show(value.reshape(-1)[:8])
            return f"an array of shape {value.shape}, from {some} on"
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
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, (list, tuple)):
        inner = ", ".join(show(v) for v in value)
        comma = "," * (len(value) == 1)
        text = f"[{inner}]" if isinstance(value, list) else f"({inner}{comma})"
    elif isinstance(value, dict):
        text = ", ".join(f"{name}: {_brief(v)}" for name, v in value.items())
    else:
        text = _ADDRESS.sub("", repr(value))
    return text if len(text) <= 400 else f"{text[:400]} …"


def _brief(value: Any) -> str:
    """An entry of a dict: of a module's weights, the shape says enough."""
    shape = getattr(value, "shape", ())
    return f"{tuple(shape)}" if len(shape) else show(value)
