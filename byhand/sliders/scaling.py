"""The width of a key and a temperature against a gradient that dies.

Random queries and keys of unit normals; each query meets six keys.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, slider, stops
from byhand.sliders.maths import entropy, softmax
from byhand.sliders.panel import Panel

WIDTHS = tuple(2**k for k in range(11))
QUERIES, KEYS = 200, 6
# Of the 200, one on which every step of the story is well to be seen.
SHOWN = 64
EDGES = np.arange(-100.0, 101.0, 4.0)
LEAST = 1e-12  # the foot of the log axis


class Scaling(NamedTuple):
    """w is the number of widths that the slider offers, 11."""

    d_k: int
    temperature: float
    scaled: bool
    scores: np.ndarray  # (200, 6): what the softmax gets
    spread: float  # their standard deviation
    shares: np.ndarray  # (50,): part of the scores in each bin
    weights: np.ndarray  # (6,): of the query that is shown
    entropy: float  # in nats
    jacobian: np.ndarray  # (6, 6)
    slope: float  # the largest entry of the Jacobian
    slopes: np.ndarray  # (w,): the same, in the middle query of the 200


@cache
def dot_products() -> np.ndarray:
    """(w, 200, 6): queries against keys, cut off at each width."""
    rng = np.random.default_rng(2)
    queries = rng.standard_normal((QUERIES, 1, WIDTHS[-1]))
    keys = rng.standard_normal((QUERIES, KEYS, WIDTHS[-1]))
    sums = np.cumsum(queries * keys, axis=-1)
    return np.moveaxis(sums[..., np.array(WIDTHS) - 1], -1, 0)


def compute(d_k=64, temperature=1.0, scaled=False) -> Scaling:
    """What softmax makes of dot products of vectors d_k wide.

    Raises ValueError unless d_k is one of WIDTHS and the temperature finite
    and above 0.
    """
    require.one_of("d_k", d_k, WIDTHS)
    require.positive("the temperature", temperature)
    roots = np.sqrt(WIDTHS)[:, None, None] if scaled else 1.0
    everything = dot_products() / roots / temperature
    at = WIDTHS.index(d_k)
    scores, p = everything[at], softmax(everything)
    steepest = (p * (1 - p)).max(axis=-1)
    shown = p[at, SHOWN]
    return Scaling(
        d_k,
        float(temperature),
        bool(scaled),
        scores,
        float(scores.std()),
        np.histogram(scores, EDGES)[0] / scores.size,
        shown,
        entropy(shown),
        np.diag(shown) - shown[:, None] * shown,
        float(steepest[at, SHOWN]),
        np.median(steepest, axis=1),
    )


def draw(arrays: Scaling) -> str:
    top = svg.row(_histogram(arrays), _bars(arrays), gap=16)
    bottom = svg.row(_table(arrays), _decline(arrays), gap=16)
    words = svg.column(*_words(arrays), gap=2)
    block = svg.column(top, bottom, words, gap=6)
    block = svg.sized(block, max(top.width, bottom.width))
    return svg.figure("scaling", summary(arrays), block)


def _histogram(arrays):
    axes = Axes((-100, 100), (0, 1), width=390, height=230)
    middles = (EDGES[:-1] + EDGES[1:]) / 2
    filled = arrays.shares > 0  # most are empty, and a bar takes time
    axes.bars(middles[filled], arrays.shares[filled], svg.PINK, width=4)
    outside = 1 - float(arrays.shares.sum())
    if outside > 1e-9:
        axes.note(
            *(100, 1),
            svg.Shown("outside", 100 * outside, 1),
            " % lie further out",
            anchor="end",
            shift=(-4, 14),
            size=12,
        )
    return axes.block("1,200 scores: how far they spread", "score", "share")


def _bars(arrays):
    axes = Axes((0.4, 6.6), (0, 1.12), width=390, height=230)
    places = np.arange(1, KEYS + 1)
    axes.bars(places, arrays.weights, svg.PINK, width=0.8)
    for k, weight in zip(places, arrays.weights, strict=True):
        axes.note(
            *(k, weight),
            svg.Shown(f"weight{k}", weight, 4),
            anchor="middle",
            shift=(0, -9),
            size=12,
        )
    ticks = {int(k): f"key {k}" for k in places}
    return axes.block("one query: weights on its six keys", "", "", ticks)


def _table(arrays):
    keys = [f"key {k}" for k in range(1, KEYS + 1)]
    return svg.heat_map(
        arrays.jacobian,
        "jacobian",
        keys,
        keys,
        "its Jacobian: diag(p) − ppᵀ",
        "row: this weight moves …  column: … when this score rises",
        decimals=4,
        scale="diverging",
        limits=(-0.25, 0.25),
        cell=(56, 30),
        sums=sums.of_slopes(arrays.weights, 4),
    )


def _decline(arrays):
    powers = np.log2(WIDTHS)
    axes = Axes((-0.3, 10.3), (LEAST, 1.0), width=390, height=250, log_y=True)
    slopes = np.maximum(arrays.slopes, LEAST)
    axes.curve(powers, slopes, svg.PINK, 2)
    axes.dots(powers, slopes, svg.PINK, 3)
    at = WIDTHS.index(arrays.d_k)
    axes.dots(powers[at], slopes[at], svg.INK, 6)
    ticks = {float(np.log2(w)): str(w) for w in WIDTHS[::2]}
    return axes.block(
        "largest slope, middle one of 200 queries", "d_k", "", ticks
    )


def _words(arrays):
    shown = svg.Shown
    yield svg.caption(
        "scores spread by ",
        shown("spread", arrays.spread),
        " (standard deviation)   ·   entropy of the weights ",
        shown("entropy", arrays.entropy, 4),
        f" of at most {svg.number(math.log(KEYS), 4)} nats",
    )
    yield svg.caption(
        "largest slope in the Jacobian ",
        shown("slope", arrays.slope, 6),
        " (0.25 is the most there can be): the gradient ",
        shown("verdict", verdict(arrays)),
    )


def verdict(arrays: Scaling) -> str:
    if arrays.slope >= 0.05:
        return "is alive"
    return "is fading" if arrays.slope >= 0.001 else "is dead"


def summary(arrays: Scaling) -> str:
    how = "÷ √d_k" if arrays.scaled else "not scaled"
    best = int(arrays.weights.argmax())
    return (
        f"d_k = {arrays.d_k}, scores {how}, temperature"
        f" {svg.number(arrays.temperature)}: they spread by"
        f" {svg.number(arrays.spread)}. One query gives key {best + 1} the"
        f" weight {svg.number(arrays.weights[best], 4)}; entropy"
        f" {svg.number(arrays.entropy, 4)} nats.\n"
        f"The largest slope of its weights is"
        f" {svg.number(arrays.slope, 6)}: the gradient {verdict(arrays)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        "d_k": stops("width d_k", 64, WIDTHS),
        "temperature": slider("temperature", 1.0, 0.25, 8.0, 0.25),
        "scaled": choice(
            "scores", False, [("as they are", False), ("÷ √d_k", True)]
        ),
    }
    return Panel("scaling", controls, compute, draw, summary)
