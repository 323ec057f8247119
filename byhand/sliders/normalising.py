"""One table, normalised in two directions.

Three tokens of four features. Layer norm runs along each row, batch norm down
each column; the sliders move the first row.
"""

import math
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.controls import plain, slider, stops
from byhand.sliders.maths import standardise
from byhand.sliders.panel import Panel

WORDS = ("The", "Cat", "Sat")
TABLE = np.array(
    [[2.0, 4.0, 6.0, 8.0], [1.0, 0.0, 0.0, 0.0], [3.0, -1.0, 5.0, 1.0]]
)
EPSILONS = (1e-5, 0.01, 0.1, 1.0, 10.0)


class Norms(NamedTuple):
    """A row a token, a column a feature."""

    table: np.ndarray  # (3, 4)
    gamma: float
    beta: float
    epsilon: float
    rows: np.ndarray  # (3, 2): mean and variance of each row
    columns: np.ndarray  # (2, 4): mean and variance of each column
    layer: np.ndarray  # (3, 4): layer norm
    batch: np.ndarray  # (3, 4): batch norm
    layer_moved: float  # how far the *other* rows are from where they were
    batch_moved: float  # when the first row was 2, 4, 6, 8


def compute(
    x0=2.0, x1=4.0, x2=6.0, x3=8.0, gamma=1.0, beta=0.0, epsilon=1e-5
) -> Norms:
    """Layer norm and batch norm of the table with another first row.

    γ and β are the same for all features. Raises ValueError unless all
    numbers are finite and ε is above 0.
    """
    given = np.array([x0, x1, x2, x3, gamma, beta], dtype=float)
    require.that(np.isfinite(given).all(), "every number must be finite")
    require.positive("ε", epsilon)
    table = TABLE.copy()
    table[0] = given[:4]

    def norm(numbers, axis):
        return gamma * standardise(numbers, axis, epsilon) + beta

    layer, batch = norm(table, 1), norm(table, 0)
    return Norms(
        table,
        float(gamma),
        float(beta),
        float(epsilon),
        np.stack([table.mean(1), table.var(1)], axis=1),
        np.stack([table.mean(0), table.var(0)]),
        layer,
        batch,
        _largest_gap(layer[1:], norm(TABLE, 1)[1:]),
        _largest_gap(batch[1:], norm(TABLE, 0)[1:]),
    )


def _largest_gap(one, other):
    return float(np.abs(one - other).max())


def draw(arrays: Norms) -> str:
    given = svg.column(_given(arrays), _columns(arrays), gap=10)
    results = svg.column(
        _result(arrays.layer, "layer", "layer norm", "along each row →"),
        _result(arrays.batch, "batch", "batch norm", "down each column ↓"),
        gap=14,
    )
    tables = svg.row(given, results, gap=30)
    words = svg.column(*_words(arrays), gap=2)
    block = svg.sized(svg.column(tables, words, gap=10), tables.width)
    return svg.figure("normalising", summary(arrays), block)


_CELL = (58, 34)
_FEATURES = ("f0", "f1", "f2", "f3")
_MOMENTS = ("mean", "variance")


def _given(arrays):
    """The table, moved so that its columns stand over their statistics."""
    table = svg.heat_map(
        arrays.table,
        "table",
        WORDS,
        _FEATURES,
        "table",
        "a token a row",
        scale="diverging",
        limits=(-10, 10),
        cell=_CELL,
    )
    rows = svg.heat_map(
        arrays.rows,
        "rows",
        (),
        _MOMENTS,
        "each row",
        " ",
        scale="plain",
        cell=_CELL,
    )
    margin = svg.Block("", svg.room(_MOMENTS) - svg.room(WORDS), 0)
    return svg.row(svg.row(margin, table, gap=0), rows, gap=12)


def _columns(arrays):
    return svg.heat_map(
        *(arrays.columns, "columns", _MOMENTS),
        title="each column",
        scale="plain",
        cell=_CELL,
    )


def _result(numbers, name, title, subtitle):
    return svg.heat_map(
        numbers,
        name,
        WORDS,
        _FEATURES,
        title,
        subtitle,
        decimals=4,
        scale="diverging",
        limits=(-3, 3),
        cell=_CELL,
    )


def _words(arrays):
    shown = svg.Shown
    mean, variance = arrays.rows[0]
    yield svg.caption(
        f"row The: minus {svg.number(mean)}, over the root of"
        f" ({svg.number(variance)} + ε) = ",
        shown("root", math.sqrt(variance + arrays.epsilon), 4),
        f", × γ = {svg.number(arrays.gamma)}, + β = {svg.number(arrays.beta)}",
    )
    yield svg.caption(
        "Cat and Sat moved, since The was 2, 4, 6, 8:  layer norm ",
        shown("layer_moved", arrays.layer_moved, 4),
        ", batch norm ",
        shown("batch_moved", arrays.batch_moved, 4),
    )


def summary(arrays: Norms) -> str:
    before, layer, batch = (
        ", ".join(svg.number(each, decimals) for each in row)
        for row, decimals in (
            (arrays.table[0], 2),
            (arrays.layer[0], 4),
            (arrays.batch[0], 4),
        )
    )
    return (
        f"The row {before} becomes {layer} by layer norm and {batch} by"
        f" batch norm, with γ = {svg.number(arrays.gamma)},"
        f" β = {svg.number(arrays.beta)}, ε = {plain(arrays.epsilon)}.\n"
        "Batch norm moves the other rows by up to"
        f" {svg.number(arrays.batch_moved, 4)}, layer norm by"
        f" {svg.number(arrays.layer_moved, 4)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        f"x{k}": slider(f"The, f{k}", TABLE[0, k], -10.0, 10.0, 0.5)
        for k in range(4)
    }
    controls["gamma"] = slider("γ (stretch)", 1.0, 0.0, 3.0, 0.25)
    controls["beta"] = slider("β (shift)", 0.0, -3.0, 3.0, 0.25)
    controls["epsilon"] = stops(
        "ε", EPSILONS[0], [(plain(each), each) for each in EPSILONS]
    )
    return Panel("normalising", controls, compute, draw, summary)
