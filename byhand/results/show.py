"""Values as text, short enough to read in a message."""

import re
from typing import Any

import numpy as np

from byhand.results import tensors

MOST_AXES = 5

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def number(value: Any) -> str:
    """A number for a message: short, but never rounded to a false 0."""
    return f"{float(value):.6g}"


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
    if isinstance(value, (list, tuple)):
        inner = ", ".join(show(v) for v in value)
        text = f"[{inner}]" if isinstance(value, list) else f"({inner})"
    elif isinstance(value, dict):
        text = ", ".join(f"{name}: {_brief(v)}" for name, v in value.items())
    else:
        text = _ADDRESS.sub("", repr(value))
    return text if len(text) <= 400 else f"{text[:400]} …"


def _brief(value: Any) -> str:
    """An entry of a dict: of a module's weights, the shape says enough."""
    shape = getattr(value, "shape", ())
    return f"{tuple(shape)}" if len(shape) else show(value)
