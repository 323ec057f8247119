"""How many trees, and how much each one draws, against the scores.

What the picture shows was recorded by `python -m byhand.sliders.record
bagging`: scikit-learn's trees, on its breast cancer data.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import stops, whole_slider
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("bagging.json")
SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)
TREES = 100
TRAINING, OUT, TEST = "training", "out of bag", "test"
# Colour, width and dashes of each curve.
STYLES = {
    TRAINING: (svg.FAINT, 2, "2 4"),
    OUT: (svg.BLUE, 3, ""),
    TEST: (svg.ORANGE, 2.5, "9 5"),
}


class Bagging(NamedTuple):
    """Scores by the number of trees, all curves from 1 to 100.

    scores: name to (100,), from 0 to 1. without: (100,), the share of points
    that every tree drew. expected: (100,), what theory says of it.
    """

    trees: int
    share: float
    draws: int
    scores: dict[str, np.ndarray]
    without: np.ndarray
    expected: np.ndarray


@cache
def record() -> dict:
    """What was recorded: "points", and "right" by share."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def compute(trees: int = 100, share: float = 0.8) -> Bagging:
    require.whole("the number of trees", trees, 1, TREES)
    require.one_of("the share drawn", share, SHARES)
    n, unseen = record()["points"]
    kept = {
        name: np.array(counts)
        for name, counts in record()["right"][str(share)].items()
    }
    of = {TRAINING: n, OUT: kept["judged"], TEST: unseen}
    draws = int(share * n)  # as scikit-learn rounds it
    drawn = 1 - (1 - 1 / n) ** draws
    return Bagging(
        int(trees),
        float(share),
        draws,
        {name: kept[name] / of[name] for name in STYLES},
        1 - kept["judged"] / n,
        drawn ** np.arange(1, TREES + 1),
    )


def draw(arrays: Bagging) -> str:
    charts = svg.row(_scores(arrays), _without(arrays), gap=16)
    block = svg.column(charts, *_key(arrays), *_told(arrays), gap=8)
    block = svg.sized(block, charts.width)
    return svg.figure("bagging", summary(arrays), block)


_COUNTS = range(1, TREES + 1)
_TICKS = {1: "1", 20: "20", 40: "40", 60: "60", 80: "80", 100: "100"}


def _scores(arrays):
    axes = Axes((0, TREES + 1), (0.84, 1.01), width=420, height=280)
    axes.upright(arrays.trees, svg.INK, 1.5, "")
    for name, scores in arrays.scores.items():
        colour, width, dashes = STYLES[name]
        axes.curve(_COUNTS, scores, colour, width, dashes)
        axes.dots(arrays.trees, scores[arrays.trees - 1], colour, 5)
    return axes.block(
        "share of points that are right", "trees", x_ticks=_TICKS
    )


_FEW = 20  # trees, beyond which nearly every point has a judge


def _without(arrays):
    axes = Axes((0, _FEW + 1), (0, 1), width=280, height=280)
    few = range(1, _FEW + 1)
    if arrays.trees <= _FEW:
        axes.upright(arrays.trees, svg.INK, 1.5, "")
    axes.curve(few, arrays.expected[:_FEW], svg.FAINT, 2, "2 4")
    axes.dots(list(few), arrays.without[:_FEW], svg.BLUE, 4)
    return axes.block(
        "points without a judge",
        "trees (dotted: expected)",
        x_ticks={1: "1", 5: "5", 10: "10", 15: "15", 20: "20"},
    )


def _key(arrays):
    """Each curve's line, and its score with this many trees."""
    for name, scores in arrays.scores.items():
        colour, width, dashes = STYLES[name]
        line = (
            f'<path d="M0 11h40" stroke-width="{width}"'
            f' stroke-dasharray="{dashes}" style="stroke:{colour}"/>'
        )
        said = svg.Shown(name, scores[arrays.trees - 1], 3)
        yield svg.row(
            svg.Block(line, 40, 21), svg.caption(f"{name}: ", said), gap=10
        )


def _told(arrays):
    at = arrays.trees - 1
    yield svg.caption(
        svg.Shown("trees", arrays.trees, 0),
        " trees, each of ",
        svg.Shown("draws", arrays.draws, 0),
        f" draws from {record()['points'][0]} points   ·   without a judge ",
        svg.Shown("without", arrays.without[at], 3),
        ", expected ",
        svg.Shown("expected", arrays.expected[at], 3),
    )


def summary(arrays: Bagging) -> str:
    at = arrays.trees - 1
    told = ", ".join(
        f"{name} {svg.number(scores[at], 3)}"
        for name, scores in arrays.scores.items()
    )
    return (
        f"Trees: {arrays.trees}, each of {arrays.draws} draws: {told}.\n"
        f"Without a judge: {svg.number(arrays.without[at], 3)} of the points,"
        f" expected {svg.number(arrays.expected[at], 3)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "trees": whole_slider("trees", TREES, 1, TREES),
        "share": stops("share drawn", 0.8, SHARES),
    }
    return Panel("bagging", controls, compute, draw, summary)
