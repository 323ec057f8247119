"""One vector against looking back: strings of letters reversed, by length.

What the picture shows was recorded by `python -m byhand.sliders.record
bottleneck`, from the models of byhand/text/reversal.py.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import stops
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("bottleneck.json")
LENGTHS = tuple(range(2, 21, 2))
TRAINED = 12  # letters, at most
# Colour, width and dashes of each model's curve, in the record's order.
STYLES = (
    (svg.RED, 2, "2 4"),
    (svg.PINK, 2.5, "9 5"),
    (svg.BLUE, 3, ""),
)


class Bottleneck(NamedTuple):
    """Three trained models, looked at for one length.

    right: model to the shares of strings that it reverses without a mistake,
    one for each of LENGTHS. weights: (n, n), row i is what the attention
    looks at while it writes letter i of `written`, having read `letters`.
    """

    length: int
    right: dict[str, list[float]]
    letters: str
    written: str
    weights: np.ndarray

    @property
    def here(self) -> dict[str, float]:
        """Model to its share at the length."""
        at = LENGTHS.index(self.length)
        return {name: shares[at] for name, shares in self.right.items()}


@cache
def record() -> dict:
    """What was recorded: "right", "letters", "written" and "weights"."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def compute(length=12) -> Bottleneck:
    """The recorded models, with one of LENGTHS marked.

    Raises ValueError for a length that was not recorded.
    """
    require.that(
        length in LENGTHS,
        f"the length must be an even number from 2 to 20, but it is {length}",
    )
    kept = record()
    return Bottleneck(
        int(length),
        kept["right"],
        kept["letters"],
        kept["written"],
        np.array(kept["weights"]),
    )


def draw(arrays: Bottleneck) -> str:
    chart = svg.column(_chart(arrays), *_key(arrays), gap=4)
    looks = svg.heat_map(
        arrays.weights,
        "weights",
        list(arrays.written),
        list(arrays.letters),
        "what the attention looks at",
        "columns: letters read, rows: letters written",
        limits=(0, 1),
        cell=(36, 34),
    )
    block = svg.row(chart, looks, gap=20)
    return svg.figure("bottleneck", summary(arrays), block)


def _chart(arrays):
    axes = Axes((0, 21), (-0.04, 1.04), width=430, height=300)
    axes.upright(TRAINED)
    axes.upright(arrays.length, svg.INK, 1.5, "")
    here = arrays.here
    for (name, shares), style in zip(
        arrays.right.items(), STYLES, strict=True
    ):
        axes.curve(LENGTHS, shares, *style)
        axes.dots(arrays.length, here[name], style[0], 5)
    return axes.block(
        "share of strings reversed without a mistake",
        f"letters (dotted: the longest in training, {TRAINED})",
    )


def _key(arrays):
    """Each curve's line, its model and its share at the length."""
    yield svg.caption(
        "of strings of ", svg.Shown("length", arrays.length, 0), " letters:"
    )
    for (name, share), (colour, width, dashes) in zip(
        arrays.here.items(), STYLES, strict=True
    ):
        line = (
            f'<path d="M0 11h40" stroke-width="{width}"'
            f' stroke-dasharray="{dashes}" style="stroke:{colour}"/>'
        )
        said = svg.caption(f"{name}: ", svg.Shown(name, percent(share), 0))
        yield svg.row(svg.Block(line, 40, 21), said, gap=10)


def percent(share):
    return f"{svg.number(100 * share, 1)} %"


def summary(arrays: Bottleneck) -> str:
    models = ", ".join(
        f"{name} {percent(share)}" for name, share in arrays.here.items()
    )
    return (
        f"Strings of {arrays.length} letters reversed without a mistake:"
        f" {models}.\nWriting {arrays.written}, the attention looks at"
        f" {arrays.letters} from its end to its beginning."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its control."""
    controls = {"length": stops("length", 12, LENGTHS)}
    return Panel("bottleneck", controls, compute, draw, summary)
