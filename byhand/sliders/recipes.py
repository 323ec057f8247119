"""What brings a loss down: the curve of each change of a recipe.

Recorded by `python -m byhand.gpt bench --recipe`, which names each change's
source; "machine" and "date" in the record say where and when.
"""

import json
import textwrap
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import whole_slider
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("recipes.json")
TARGET = 1.8983  # nanoGPT's, after its 2,000 steps
LETTERS, LINES = 80, 3  # of what a change does
THIS, OTHER = "with the change", "without it"
# As they are drawn and listed: colour, and how the line is dashed.
STYLES = {THIS: (svg.BLUE, ""), OTHER: (svg.ORANGE, "8 4")}
FIRST = 1  # the row that it begins with: the first change


class Shown(NamedTuple):
    """A row of the table; losses in nats a character, means of the seeds.

    on: the row that it is one change away from. gaps: how much lower the loss
    ends than there, seed by seed. pace: a step's time, over that of the plain
    recipe.
    """

    row: int
    name: str
    on: str
    says: str
    gaps: list[float]
    steps: list[int]
    losses: list[float]
    others: list[float]
    pace: float


@cache
def record() -> dict:
    """What was recorded: "rows" by name, "paces", "machine", "date"."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def names() -> list[str]:
    """Of the rows that have been measured."""
    return [name for name, row in record()["rows"].items() if row["curves"]]


def curves_of(name, seeds):
    """(seeds, points, 2): steps and losses."""
    curves = record()["rows"][name]["curves"]
    return np.array([curves[seed] for seed in seeds])


def compute(row=FIRST) -> Shown:
    """A row by its place, from 0, beside the one that it changes.

    ValueError: there is no such row.
    """
    require.whole("the row", row, 0, len(names()) - 1)
    row = int(row)
    name = names()[row]
    kept = record()["rows"][name]
    before = record()["rows"][kept["on"]]
    both = [seed for seed in kept["curves"] if seed in before["curves"]]
    own, other = (curves_of(each, both) for each in (name, kept["on"]))
    steps, losses = own.mean(axis=0).T
    paces = record()["paces"]
    return Shown(
        *(row, name, kept["on"], kept["says"]),
        (other - own)[:, -1, 1].tolist(),
        [int(at) for at in steps],
        losses.tolist(),
        other.mean(axis=0)[:, 1].tolist(),
        paces[name] / paces[names()[0]],
    )


def less(shown: Shown) -> float:
    """How much lower the loss ends than without the change."""
    return shown.others[-1] - shown.losses[-1]


def draw(shown: Shown) -> str:
    chart = _chart(shown)
    words = svg.column(*_words(shown), gap=2)
    block = svg.column(
        chart,
        svg.key(*((name, *style) for name, style in STYLES.items())),
        words,
        gap=8,
    )
    block = svg.sized(block, chart.width)
    return svg.figure("recipes", summary(shown), block)


def _chart(shown):
    last = shown.steps[-1]
    axes = Axes((0, 1.02 * last), (1.75, 2.75), 640, 300)
    axes.level(TARGET, svg.INK, 1.5, "5 4")
    for losses, (colour, dashes) in (
        (shown.others, STYLES[OTHER]),
        (shown.losses, STYLES[THIS]),
    ):
        axes.curve(shown.steps, losses, colour, 2, dashes)
        axes.dots(shown.steps, losses, colour, 3.5)
    where = f"step (level line: {TARGET:g}, nanoGPT's loss after 2,000)"
    return axes.block("held-out loss, in nats a character", where)


def _words(shown):
    yield svg.caption(
        "row ",
        svg.Shown("row", shown.row, 0),
        ": ",
        svg.Shown("name", shown.name),
    )
    lines = textwrap.wrap(shown.says, LETTERS, break_on_hyphens=False)
    for k in range(LINES):
        line = lines[k] if k < len(lines) else " "
        yield svg.caption(svg.Shown(f"line {k}", line), size=13)
    sign, side = (1, "lower") if less(shown) >= 0 else (-1, "higher")
    gaps = sorted(sign * gap for gap in shown.gaps)
    yield svg.caption(
        f"after {shown.steps[-1]} steps ",
        svg.Shown("loss", shown.losses[-1], 4),
        f", {side} by ",
        svg.Shown("less", abs(less(shown)), 4),
        "; a step takes ",
        svg.Shown("pace", shown.pace, 2),
        " times the plain one's time",
    )
    yield svg.caption(
        "compared with: ",
        svg.Shown("on", shown.on),
        f"   ({svg.plural(len(gaps), 'seed')}: {side} by ",
        svg.Shown("least", gaps[0], 4),
        " to ",
        svg.Shown("most", gaps[-1], 4),
        ")",
        size=13,
    )


def summary(shown: Shown) -> str:
    said = (
        f"{shown.name}: after {shown.steps[-1]} steps the held-out loss is"
        f" {svg.number(shown.losses[-1], 4)} nats a character"
    )
    if shown.name != shown.on:
        before = svg.number(shown.others[-1], 4)
        said += f"; without the change {before} ({shown.on})"
    return f"{said}.\nThe change: {shown.says}."


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its slider."""
    controls = {"row": whole_slider("row", FIRST, 0, len(names()) - 1)}
    return Panel("recipes", controls, compute, draw, summary)
