"""Depth and the size of weights against the gradient, layer by layer.

A network of n layers of 32 neurons without biases: 32 rows of unit normal
numbers go in, and a unit normal gradient comes back from the last output.
Each weight has the deviation scale / √width: 1 is Xavier's, √2 is He's.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, slider, whole_slider
from byhand.sliders.panel import Panel
from byhand.sliders.residual import written

DEEPEST = 60
WIDTH = 32
FOOT, TOP = 1e-20, 1e20  # of the log axis
SLACK = 0.1  # a factor this close to 1 in each layer is level
SATURATED = 0.1  # below this share of its steepest slope
TANH, RELU, SIGMOID, NONE = "tanh", "ReLU", "sigmoid", "none"
ACTIVATIONS = (TANH, RELU, SIGMOID, NONE)
NAMED = {"Xavier": 1.0, "He": float(np.sqrt(2))}
COLOURS = {"vanishes": svg.BLUE, "level": svg.GREEN, "explodes": svg.ORANGE}


class Depth(NamedTuple):
    """norms[l] is the gradient at the output of layer l, over the last's."""

    layers: int
    scale: float
    activation: str
    norms: np.ndarray  # (n + 1,): from the input, 0, to the last layer, n
    named: dict[str, np.ndarray]  # the same for Xavier's and He's weights
    flat: float  # share of neurons, in all layers, that hardly have a slope
    verdict: str  # "vanishes", "level" or "explodes"


@cache
def draws() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows in, unit normal weights of each layer, and a gradient back."""
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((WIDTH, WIDTH))
    weights = rng.standard_normal((DEEPEST, WIDTH, WIDTH))
    return rows, weights, rng.standard_normal((WIDTH, WIDTH))


def value_and_slope(z, activation):
    """The activation at z, and its slope there over its steepest one."""
    if activation == TANH:
        value = np.tanh(z)
        return value, 1 - value**2, 1.0
    if activation == RELU:
        return np.maximum(z, 0), (z > 0) * 1.0, 1.0
    if activation == SIGMOID:
        value = (1 + np.tanh(z / 2)) / 2
        return value, value * (1 - value), 0.25
    return z, np.ones_like(z), 1.0


def gradients(layers, scale, activation):
    """(layers + 1,) norms over the last one, and the share that is flat."""
    rows, weights, back = draws()
    weights = weights[:layers] * scale / np.sqrt(WIDTH)
    slopes, flat = [], []
    for matrix in weights:
        rows, slope, steepest = value_and_slope(rows @ matrix, activation)
        slopes.append(slope)
        flat.append(np.mean(slope < SATURATED * steepest))
    norms = [np.linalg.norm(back)]
    for matrix, slope in zip(weights[::-1], slopes[::-1], strict=True):
        back = (back * slope) @ matrix.T
        norms.append(np.linalg.norm(back))
    return np.array(norms[::-1]) / norms[0], float(np.mean(flat))


def compute(layers=30, scale=1.0, activation=TANH) -> Depth:
    """Gradients through 1 to 60 layers.

    Raises ValueError unless layers is a whole number from 1 to 60, 0 < scale
    ≤ 3 and the activation is one of four.
    """
    require.whole("the number of layers", layers, 1, DEEPEST)
    require.positive("the weight scale", scale, 3)
    require.one_of("the activation", activation, ACTIVATIONS)
    layers = int(layers)
    norms, flat = gradients(layers, scale, activation)
    named = {
        name: gradients(layers, at, activation)[0]
        for name, at in NAMED.items()
    }
    return Depth(
        *(layers, float(scale), activation, norms, named, flat),
        verdict(norms),
    )


def factor(norms) -> float:
    """What a layer multiplies the gradient by, in the geometric mean."""
    return float(norms[0] ** (1 / (len(norms) - 1)))


def verdict(norms) -> str:
    each = factor(norms)
    if abs(each - 1) <= SLACK:
        return "level"
    return "vanishes" if each < 1 else "explodes"


def draw(arrays: Depth) -> str:
    chart = _chart(arrays)
    words = svg.column(*_words(arrays), gap=2)
    block = svg.sized(svg.column(chart, words, gap=8), chart.width)
    return svg.figure("depth", summary(arrays), block)


def _chart(arrays):
    axes = Axes((-1, 61), (FOOT, TOP), width=640, height=320, log_y=True)
    axes.level(1, dashes="")
    for style, norms in zip(
        ("2 4", "7 4"), arrays.named.values(), strict=True
    ):
        axes.curve(range(len(norms)), seen(norms), svg.FAINT, 1.5, style)
    colour = COLOURS[arrays.verdict]
    axes.curve(range(len(arrays.norms)), seen(arrays.norms), colour, 2.5)
    axes.dots([0, arrays.layers], seen(arrays.norms[[0, -1]]), colour, 5)
    title = "size of the gradient at each layer, 1 at the last (log scale)"
    return axes.block(title, "layer (0 is the input)")


def seen(norms):
    """Held within the frame, where it can be seen to leave it."""
    return np.clip(norms, FOOT, TOP)


def _words(arrays):
    yield svg.caption(
        "at the input the gradient is ",
        svg.Shown("gradient", written(arrays.norms[0])),
        " times as large: it ",
        svg.Shown("verdict", said(arrays.verdict)),
    )
    yield svg.caption(
        "each layer multiplies it by about ",
        svg.Shown("factor", factor(arrays.norms)),
        f"   ·   {flat_words(arrays.activation)}: ",
        svg.Shown("flat", 100 * arrays.flat, 0),
        " %",
    )
    at = {name: norms[0] for name, norms in arrays.named.items()}
    yield svg.caption(
        "dotted: scale 1 (Xavier), ",
        svg.Shown("Xavier", written(at["Xavier"])),
        "   ·   dashed: scale √2 (He), ",
        svg.Shown("He", written(at["He"])),
    )


def said(verdict):
    return "stays level" if verdict == "level" else verdict


def flat_words(activation):
    if activation == RELU:
        return "neurons at 0"
    return "saturated neurons"


def summary(arrays: Depth) -> str:
    return (
        f"Through {svg.plural(arrays.layers, 'layer')} ({arrays.activation},"
        f" weight scale {svg.number(arrays.scale)}) the gradient"
        f" {said(arrays.verdict)}: at the input it is"
        f" {written(arrays.norms[0])} times as large as at the end.\n"
        f"{flat_words(arrays.activation).capitalize()}:"
        f" {svg.number(100 * arrays.flat, 0)} %."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "layers": whole_slider("layers", 30, 1, DEEPEST),
        "scale": slider("weight scale", 1.0, 0.1, 3.0, 0.05),
        "activation": choice("activation", TANH, ACTIVATIONS, width=80),
    }
    return Panel("depth", controls, compute, draw, summary)
