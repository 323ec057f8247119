"""Depth against the gradient, with and without the residual path.

A sub-layer here turns its input, a vector of 16 numbers, and makes it s times
as long. So without a residual path a gradient shrinks by exactly s in each.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import slider, whole_slider
from byhand.sliders.maths import EPSILON, standardise
from byhand.sliders.panel import Panel

DEEPEST = 50
WIDTH = 16
FOOT, TOP = 1e-16, 1e14  # of the log axis
PLAIN, RESIDUAL, NORMED = (
    "no residual path",
    "residual path",
    "with pre-norm too",
)
# As they are drawn and listed: colour, and how the line is dashed.
STYLES = {
    PLAIN: (svg.ORANGE, "2 4"),
    RESIDUAL: (svg.BLUE, ""),
    NORMED: (svg.GREEN, "8 4"),
}


class Residual(NamedTuple):
    """What reaches the input of a gradient of size 1 at the output.

    The three arrays have an entry for each depth from 0 to 50.
    """

    depth: int
    strength: float
    plain: np.ndarray  # (51,)
    residual: np.ndarray  # (51,)
    normed: np.ndarray  # (51,): pre-norm


@cache
def turns() -> tuple[np.ndarray, np.ndarray]:
    """(50, 16, 16): the matrix of each sub-layer; and an input, (16,)."""
    rng = np.random.default_rng(12)
    drawn = rng.standard_normal((DEEPEST, WIDTH, WIDTH))
    return np.linalg.qr(drawn)[0], rng.standard_normal(WIDTH)


def compute(depth=50, strength=0.7) -> Residual:
    """Gradients through 0 to 50 sub-layers.

    Raises ValueError unless the depth is a whole number from 1 to 50 and
    0 < strength ≤ 2.
    """
    require.whole("the depth", depth, 1, DEEPEST)
    require.positive("the strength of a sub-layer", strength, 2)
    matrices, x = turns()
    same = np.eye(WIDTH)
    through, past, normed = same, same, same
    sizes = [(1.0, 1.0, 1.0)]
    for matrix in strength * matrices:
        norm, slopes = layer_norm_and_slopes(x)
        through = matrix @ through
        past = past + matrix @ past
        normed = normed + matrix @ (slopes @ normed)
        x = x + matrix @ norm
        sizes.append((size(through), size(past), size(normed)))
    return Residual(int(depth), float(strength), *np.array(sizes).T)


def layer_norm_and_slopes(x):
    """Layer norm of one vector (γ = 1, β = 0), and its Jacobian."""
    norm = standardise(x)
    shared = (1 + norm[:, None] * norm) / len(x)
    return norm, (np.eye(len(x)) - shared) / np.sqrt(x.var() + EPSILON)


def size(slopes):
    """By how much it stretches vectors, in the root mean square."""
    return float(np.sqrt(np.sum(slopes**2) / len(slopes)))


def draw(arrays: Residual) -> str:
    chart = _chart(arrays)
    words = svg.column(*_words(arrays), gap=2)
    key = svg.key(*((name, *style) for name, style in STYLES.items()))
    block = svg.column(chart, key, words, gap=8)
    block = svg.sized(block, chart.width)
    return svg.figure("residual", summary(arrays), block)


def curves(arrays: Residual) -> dict[str, np.ndarray]:
    return dict(zip(STYLES, arrays[2:], strict=True))


def _chart(arrays):
    axes = Axes((-1, 51.5), (FOOT, TOP), width=640, height=320, log_y=True)
    axes.upright(arrays.depth)
    axes.level(1, dashes="")
    depths = np.arange(DEEPEST + 1)
    for name, sizes in curves(arrays).items():
        seen = np.maximum(sizes, FOOT)
        colour, dashes = STYLES[name]
        axes.curve(depths, seen, colour, 2, dashes)
        at = arrays.depth
        axes.dots(at, seen[at], colour, 5)
    title = "gradient at the first layer, for 1 at the last (log scale)"
    return axes.block(title, "number of sub-layers")


def _words(arrays):
    at = arrays.depth
    yield svg.caption(
        "depth ",
        svg.Shown("depth", at, 0),
        ": without the path ",
        svg.Shown("plain", written(arrays.plain[at])),
        f" = {svg.number(arrays.strength)} to the power of {at}",
    )
    yield svg.caption(
        "with the path ",
        svg.Shown("residual", written(arrays.residual[at])),
        "   ·   with the path and pre-norm ",
        svg.Shown("normed", written(arrays.normed[at])),
    )


def written(value):
    """Four decimals, or two and a power of ten where those say little."""
    if 0.001 <= value < 10_000:
        return svg.number(value, 4 if value < 10 else 2)
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa} · 10{svg.superscript(int(exponent))}"


def summary(arrays: Residual) -> str:
    at = arrays.depth
    plain, residual, normed = (written(sizes[at]) for sizes in arrays[2:])
    return (
        f"A gradient of 1 goes back through {svg.plural(at, 'sub-layer')} that"
        f" multiply by {svg.number(arrays.strength)}: {plain} arrives without"
        f" a residual path, {residual} with it.\n"
        f"With pre-norm as well it is {normed}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        "depth": whole_slider("sub-layers", 50, 1, DEEPEST),
        "strength": slider("strength s", 0.7, 0.1, 1.5, 0.05),
    }
    return Panel("residual", controls, compute, draw, summary)
