"""Two vectors: a length changes their dot product, and not their cosine."""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import slider
from byhand.sliders.panel import Panel

A = np.array([2.0, 1.0])
LONGEST = 3.0


class Cosine(NamedTuple):
    """a stands still; b is turned and stretched."""

    b: np.ndarray  # (2,)
    angle: float  # degrees, from a to b
    length: float  # of b
    dot: float
    cosine: float


def compute(angle=30, length=2.0) -> Cosine:
    """b at so many degrees from a, and so long.

    Raises ValueError unless −180 ≤ angle ≤ 180 and 0 ≤ length ≤ 3.
    """
    require.within("the angle", angle, -180, 180, "°")
    require.within("the length", length, 0, LONGEST)
    turned = np.arctan2(A[1], A[0]) + np.radians(angle)
    b = length * np.array([np.cos(turned), np.sin(turned)])
    # A vector of length 0 has no direction: its cosine is 0 by agreement.
    cosine = float(np.cos(np.radians(angle))) if length else 0.0
    return Cosine(b, angle, length, float(A @ b), cosine)


def draw(arrays: Cosine) -> str:
    axes = Axes((-3.2, 3.2), (-3.2, 3.2), width=380, height=368)
    axes.level(0)
    axes.upright(0)
    axes.arrow((0, 0), A, svg.BLUE)
    axes.arrow((0, 0), arrays.b, svg.ORANGE)
    chart = axes.block("a and b")
    key = svg.key(("a = (2, 1)", svg.BLUE), ("b", svg.ORANGE))
    words = svg.column(*_words(arrays), gap=6)
    block = svg.row(svg.column(chart, key, gap=6), words, gap=20)
    return svg.figure("cosine", summary(arrays), svg.sized(block, 640))


def _words(arrays):
    shown = svg.Shown
    first, second = arrays.b
    yield svg.caption(
        "b = (", shown("b0", first, 2), ", ", shown("b1", second, 2), ")"
    )
    yield svg.caption("length of a: ", shown("length_a", np.hypot(*A), 4))
    yield svg.caption("length of b: ", shown("length_b", arrays.length, 4))
    yield svg.caption("dot product a · b: ", shown("dot", arrays.dot, 4))
    yield svg.caption("over both lengths,")
    yield svg.caption("the cosine: ", shown("cosine", arrays.cosine, 4))


def summary(arrays: Cosine) -> str:
    return (
        f"b stands {svg.number(arrays.angle, 0)}° from a and is"
        f" {svg.number(arrays.length, 2)} long.\n"
        f"Their dot product is {svg.number(arrays.dot, 4)},"
        f" their cosine {svg.number(arrays.cosine, 4)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        "angle": slider("angle in degrees", 30, -180, 180, 5, 0),
        "length": slider("length of b", 2.0, 0.0, LONGEST, 0.1),
    }
    return Panel("cosine", controls, compute, draw, summary)
