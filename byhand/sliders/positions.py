"""Where a token stands: the waves, the table, and two lions.

Sinusoidal encodings of 16 positions, d_model = 8. Below them "Lion kills
tiger" and "Tiger kills lion", with or without positions; W_q = W_k = W_v = I.
"""

import math
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, whole_slider
from byhand.sliders.maths import attend
from byhand.sliders.panel import Panel

N, D_MODEL = 16, 8
WORDS = ("lion", "kills", "tiger")
VECTORS = np.array(
    [[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 0.0, 0.0]]
)
BACKWARDS = [2, 1, 0]
# Far above rounding, far below what positions do.
SAME = 1e-9


class Positions(NamedTuple):
    """Words are always in the order lion, kills, tiger."""

    encoding: np.ndarray  # (16, 8): a row a position
    pos: int
    dim: int
    speed: float  # radians from one position to the next, in this column
    distances: np.ndarray  # (16,): of every position from `pos`
    products: np.ndarray  # (16,): PE(pos) · PE(that position)
    with_positions: bool
    lion: np.ndarray  # (3, 4): outputs of "Lion kills tiger"
    tiger: np.ndarray  # (3, 4): of "Tiger kills lion"
    gap: float  # the largest difference between the two


def encode(n, d):
    """(n, d): sine and cosine of one angle side by side."""
    column = np.arange(d)
    turns = np.outer(np.arange(n), speed(column, d))
    # A cosine is a sine that is a quarter turn ahead.
    return np.sin(turns + (column % 2) * math.pi / 2)


def speed(column, d):
    return 10_000.0 ** (-(column - column % 2) / d)


def product_at(distance):
    """PE(pos) · PE(pos + distance), whatever the position."""
    pairs = speed(np.arange(0, D_MODEL, 2), D_MODEL)
    return np.cos(np.multiply.outer(distance, pairs)).sum(axis=-1)


def compute(pos=3, dim=2, with_positions=False) -> Positions:
    """What the encodings say about position `pos` and column `dim`.

    Raises ValueError unless both are whole numbers, 0 ≤ pos < 16 and
    0 ≤ dim < 8.
    """
    require.whole("the position", pos, 0, N - 1)
    require.whole("the column", dim, 0, D_MODEL - 1)
    pos, dim = int(pos), int(dim)
    encoding = encode(N, D_MODEL)
    added = encode(*VECTORS.shape) if with_positions else 0.0
    first, second = VECTORS + added, VECTORS[BACKWARDS] + added
    _, lion = attend(first, first, first)
    _, tiger = attend(second, second, second)
    tiger = tiger[BACKWARDS]  # in the order lion, kills, tiger again
    return Positions(
        encoding,
        pos,
        dim,
        float(speed(dim, D_MODEL)),
        np.arange(N) - pos,
        encoding @ encoding[pos],
        bool(with_positions),
        lion,
        tiger,
        float(np.abs(lion - tiger).max()),
    )


def draw(arrays: Positions) -> str:
    charts = svg.column(_wave(arrays), _products(arrays), gap=6)
    top = svg.row(_table(arrays), charts, gap=20)
    lions = svg.row(
        _outputs(arrays.lion, "lion", "“Lion kills tiger”"),
        _outputs(arrays.tiger, "tiger", "“Tiger kills lion”"),
        svg.column(*_verdict(arrays), gap=2),
        gap=20,
    )
    block = svg.sized(svg.column(top, lions, gap=12), top.width)
    return svg.figure("positions", summary(arrays), block)


def _table(arrays):
    rows = [f"→ {p}" if p == arrays.pos else str(p) for p in range(N)]
    columns = [f"[{c}]" if c == arrays.dim else str(c) for c in range(D_MODEL)]
    # The labels before the arrow's column keep the table where it is.
    rows = [label.rjust(4, "\u2007") for label in rows]
    return svg.heat_map(
        arrays.encoding,
        "encoding",
        rows,
        columns,
        "PE: the encodings",
        "position ↓   column →",
        scale="diverging",
        limits=(-1, 1),
        cell=(42, 20),
    )


def _wave(arrays):
    axes = Axes((-0.5, N - 0.5), (-1.15, 1.15), width=390, height=190)
    along = np.linspace(0, N - 1, 151)
    ahead = (arrays.dim % 2) * math.pi / 2
    axes.curve(along, np.sin(along * arrays.speed + ahead), svg.BLUE)
    column = arrays.encoding[:, arrays.dim]
    axes.dots(np.arange(N), column, svg.BLUE, 3)
    axes.dots(arrays.pos, column[arrays.pos], svg.ORANGE, 6)
    what = "cosine" if arrays.dim % 2 else "sine"
    return axes.block(
        f"column {arrays.dim}: a {what}, once in "
        f"{svg.number(2 * math.pi / arrays.speed, 0)} positions",
        "position",
    )


def _products(arrays):
    axes = Axes((-N + 0.5, N - 0.5), (-0.2, 4.4), width=390, height=190)
    along = np.linspace(1 - N, N - 1, 181)
    axes.curve(along, product_at(along), svg.GREEN, 1.5, "4 3")
    axes.dots(arrays.distances, arrays.products, svg.GREEN, 3.5)
    axes.dots(0, arrays.products[arrays.pos], svg.ORANGE, 6)
    return axes.block(
        f"PE({arrays.pos}) · PE of every position", "how far away"
    )


def _outputs(numbers, name, title):
    return svg.heat_map(
        numbers,
        name,
        WORDS,
        [str(c) for c in range(numbers.shape[1])],
        title,
        "output of each word",
        decimals=4,
        scale="diverging",
        limits=(-2, 2),
        cell=(54, 30),
    )


def _verdict(arrays):
    how = "with" if arrays.with_positions else "without"
    yield svg.caption("")
    yield svg.caption(svg.Shown("how", how), " positions")
    yield svg.caption("largest difference")
    yield svg.caption(svg.Shown("gap", arrays.gap, 4))
    yield svg.caption(
        svg.Shown("verdict", verdict(arrays)),
        colour=svg.INK if arrays.gap > SAME else svg.ORANGE,
    )


def verdict(arrays: Positions) -> str:
    if arrays.gap > SAME:
        return "who kills whom shows"
    return "nobody can tell them apart"


def summary(arrays: Positions) -> str:
    here = arrays.encoding[arrays.pos, arrays.dim]
    next_door = product_at(1)
    how = "With" if arrays.with_positions else "Without"
    return (
        f"Column {arrays.dim} of position {arrays.pos} is"
        f" {svg.number(here, 4)}. PE({arrays.pos}) times itself is"
        f" {svg.number(arrays.products[arrays.pos])}, times a neighbour"
        f" {svg.number(next_door)}.\n"
        f"{how} positions, the outputs of “Lion kills tiger” and “Tiger kills"
        f" lion” differ by {svg.number(arrays.gap, 4)} at most:"
        f" {verdict(arrays)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        "pos": whole_slider("position", 3, 0, N - 1),
        "dim": whole_slider("column", 2, 0, D_MODEL - 1),
        "with_positions": choice(
            "the lions",
            False,
            [("without positions", False), ("with positions", True)],
            width=140,
        ),
    }
    return Panel("positions", controls, compute, draw, summary)
