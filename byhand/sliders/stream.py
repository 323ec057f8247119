"""The residual stream of one word through the twelve layers of an encoder.

The encoder is small, and nothing in it is learned: eight numbers a word, two
heads, random weights, no biases, norms with γ = 1 and β = 0. `size` scales
the last matrix of every sub-layer, and so what it writes.
"""

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, slider, whole_slider
from byhand.sliders.maths import attend, standardise
from byhand.sliders.panel import Panel

WORDS = ("The", "cat", "sat", "as", "it", "ate")
LAYERS = 12
D_MODEL, HEADS, D_FF = 8, 2, 32
POST, PRE = ORDERS = ("post-norm", "pre-norm")
LARGEST = 1.5
LONGEST = 16  # where the chart of lengths ends
STREAM, ATTENTION, NETWORK = "the stream", "attention adds", "network adds"
# As they are drawn and listed: colour, and how the line is dashed.
STYLES = {
    STREAM: (svg.BLUE, ""),
    ATTENTION: (svg.ORANGE, "8 4"),
    NETWORK: (svg.GREEN, "2 4"),
}


class Flow(NamedTuple):
    """All words through all layers, in one order."""

    stream: np.ndarray  # (13, 6, 8): at the start and after each layer
    attention: np.ndarray  # (12, 6, 8): what attention adds in each layer
    between: np.ndarray  # (12, 6, 8): the stream between the sub-layers
    network: np.ndarray  # (12, 6, 8): what the network adds


class Stream(NamedTuple):
    """One word's way; `layer` counts from 1."""

    order: str
    layer: int
    size: float
    word: str
    rows: np.ndarray  # (5, 8): in, attention, between, network, out
    lengths: np.ndarray  # (13,): of the stream, at the start and after each
    added: np.ndarray  # (2, 12): lengths of what attention, network add
    cosines: np.ndarray  # (13,): between the stream and its start
    others: np.ndarray  # (13,): the same in the other order


@cache
def weights():
    """X, (6, 8), and six matrices for each layer, all random."""
    rng = np.random.default_rng(13)
    X = rng.standard_normal((len(WORDS), D_MODEL))
    square, wide, narrow = (D_MODEL,) * 2, (D_MODEL, D_FF), (D_FF, D_MODEL)
    shapes = (square,) * 4 + (wide, narrow)  # W_q, W_k, W_v, W_o, W_1, W_2
    drawn = [
        rng.normal(0, rows**-0.5, (rows, columns))
        for rows, columns in shapes * LAYERS
    ]
    return X, [drawn[k : k + 6] for k in range(0, len(drawn), 6)]


def two_heads(x, W_q, W_k, W_v, W_o):
    """Attention by four numbers each: (6, 8) to (6, 8)."""
    q, k, v = (
        (x @ W).reshape(len(x), HEADS, -1).swapaxes(0, 1)
        for W in (W_q, W_k, W_v)
    )  # (2, 6, 4)
    _, mixed = attend(q, k, v)
    return mixed.swapaxes(0, 1).reshape(x.shape) @ W_o


def think(x, W_1, W_2):
    return np.maximum(x @ W_1, 0) @ W_2


@lru_cache(64)
def flow(order, size) -> Flow:
    """Every word through all twelve layers."""
    x, layers = weights()
    stream, attention, between, network = [x], [], [], []
    for *projections, W_1, W_2 in layers:
        if order == POST:
            attention.append(size * two_heads(x, *projections))
            between.append(standardise(x + attention[-1]))
            network.append(size * think(between[-1], W_1, W_2))
            x = standardise(between[-1] + network[-1])
        else:
            attention.append(size * two_heads(standardise(x), *projections))
            between.append(x + attention[-1])
            normed = standardise(between[-1])
            network.append(size * think(normed, W_1, W_2))
            x = between[-1] + network[-1]
        stream.append(x)
    return Flow(*map(np.array, (stream, attention, between, network)))


def compute(order=POST, layer=1, size=0.5, word="The") -> Stream:
    """One word's stream through the encoder.

    Raises ValueError unless the order is one of ORDERS, the layer a whole
    number from 1 to 12, 0 ≤ size ≤ 1.5, and the word one of WORDS.
    """
    require.one_of("the order", order, ORDERS)
    require.whole("the layer", layer, 1, LAYERS)
    require.within("the size of what is added", size, 0, LARGEST)
    require.one_of("the word", word, WORDS)
    layer, size, at = int(layer), float(size), WORDS.index(word)
    ours = flow(order, size)
    theirs = flow(PRE if order == POST else POST, size)
    rows = (
        ours.stream[layer - 1],
        ours.attention[layer - 1],
        ours.between[layer - 1],
        ours.network[layer - 1],
        ours.stream[layer],
    )
    lengths = np.linalg.norm(ours.stream[:, at], axis=-1)
    added = np.linalg.norm([ours.attention, ours.network], axis=-1)[..., at]
    return Stream(
        order,
        layer,
        size,
        word,
        np.array([row[at] for row in rows]),
        lengths,
        added,
        cosines(ours.stream[:, at]),
        cosines(theirs.stream[:, at]),
    )


def cosines(vectors):
    """Between each of some vectors and the first, (n, d) to (n,)."""
    lengths = np.linalg.norm(vectors, axis=-1)
    return vectors @ vectors[0] / (lengths * lengths[0])


def draw(arrays: Stream) -> str:
    charts = svg.row(_lengths(arrays), _turns(arrays), gap=20)
    block = svg.column(
        _table(arrays),
        svg.column(*_words(arrays), gap=2),
        charts,
        svg.key(*((name, *style) for name, style in STYLES.items())),
        gap=12,
    )
    block = svg.sized(block, charts.width)
    return svg.figure("stream", summary(arrays), block)


def _table(arrays):
    after = "sum and norm" if arrays.order == POST else "sum, no norm"
    return svg.heat_map(
        arrays.rows,
        "stream",
        ["comes in", "+ attention", after, "+ network", after],
        [f"f{k}" for k in range(D_MODEL)],
        f"“{arrays.word}” in layer {arrays.layer}, {arrays.order}",
        scale="diverging",
        limits=(-4, 4),
        cell=(72, 26),
    )


def _words(arrays):
    shown, at = svg.Shown, arrays.layer
    yield svg.caption(
        "length ",
        shown("before", arrays.lengths[at - 1]),
        ": attention adds ",
        shown("attention", arrays.added[0][at - 1]),
        ", the network ",
        shown("network", arrays.added[1][at - 1]),
        "; it goes on with length ",
        shown("after", arrays.lengths[at]),
    )
    yield svg.caption(
        "cosine with its start: after this layer ",
        shown("cosine", arrays.cosines[at]),
        f"   ·   after layer {LAYERS} ",
        shown("last", arrays.cosines[-1]),
    )


def _lengths(arrays):
    axes = Axes((-0.3, LAYERS + 0.3), (0, LONGEST), 345, 240)
    axes.upright(arrays.layer)
    places = np.arange(LAYERS + 1)
    for name, sizes in curves(arrays).items():
        # What a layer adds is first in the stream behind it.
        at = places[-len(sizes) :]
        colour, dashes = STYLES[name]
        axes.curve(at, sizes, colour, 2, dashes)
        axes.dots(at, sizes, colour, 3)
    return axes.block("length, layer by layer", "layer")


def curves(arrays):
    lines = arrays.lengths, *arrays.added
    return dict(zip(STYLES, lines, strict=True))


def _turns(arrays):
    axes = Axes((-0.3, LAYERS + 0.3), (-1, 1.05), 345, 240)
    axes.upright(arrays.layer)
    axes.level(0, dashes="")
    places = np.arange(LAYERS + 1)
    axes.curve(places, arrays.others, svg.PINK, 1.5, "5 4")
    axes.curve(places, arrays.cosines, svg.BLUE, 2)
    axes.dots(places, arrays.cosines, svg.BLUE, 3)
    other = PRE if arrays.order == POST else POST
    return axes.block("cosine with its start", f"layer (dashed: {other})")


def summary(arrays: Stream) -> str:
    at = arrays.layer
    first, added, second, last = map(
        svg.number,
        (
            arrays.lengths[at - 1],
            arrays.added[0][at - 1],
            arrays.added[1][at - 1],
            arrays.lengths[at],
        ),
    )
    return (
        f"The word “{arrays.word}” in layer {at} of {LAYERS}, {arrays.order},"
        f" what sub-layers add times {svg.number(arrays.size)}: it comes in"
        f" with length {first}, attention adds {added}, the network {second},"
        f" and it goes on with {last}.\nIts cosine with its start is"
        f" {svg.number(arrays.cosines[at])} there, and"
        f" {svg.number(arrays.cosines[-1])} at the end, where the length is"
        f" {svg.number(arrays.lengths[-1])}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "order": choice("norms", POST, ORDERS),
        "layer": whole_slider("layer", 1, 1, LAYERS),
        "size": slider("what is added ×", 0.5, 0.0, LARGEST, 0.1, 1),
        "word": choice("word", "The", WORDS, width=60),
    }
    return Panel("stream", controls, compute, draw, summary)
