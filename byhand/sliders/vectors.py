"""Word vectors while they are learned: noise, groups, parallel arrows.

What the sliders show was recorded by `python -m byhand.sliders.record
vectors`: for each window and epoch the vectors on the first and the third
principal axis of the people in the last epoch.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, whole_slider
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("vectors.json")
COURT, FIVE = "4,000 sentences", "five sentences"
EPOCHS, WINDOWS = 5, 5
# From the plain one to the royal one.
ARROWS = (
    ("man", "king"),
    ("woman", "queen"),
    ("boy", "prince"),
    ("girl", "princess"),
)
COLOURS = {
    "noise": svg.ORANGE,
    "groups": svg.PINK,
    "parallel arrows": svg.GREEN,
}
SIZE = 12  # of a label
# Where it may stand, seen from its dot: first at its right side.
AROUND = (
    *((1, 0), (-1, 0), (1, -1), (1, 1)),
    *((-1, -1), (-1, 1), (0, -1), (0, 1)),
)


class Vectors(NamedTuple):
    """A training up to an epoch.

    points: word to its place on two axes, each scaled to reach 1. right: of
    `of` analogies. parallel: the mean cosine of the arrows with one another,
    in all 16 numbers. answer: the row nearest to king − man + woman, the
    three left out.
    """

    epoch: int
    text: str
    window: int
    points: dict[str, tuple[float, float]]
    right: int
    of: int
    parallel: float
    answer: str
    regime: str  # a key of COLOURS


@cache
def record() -> dict:
    """What was recorded: text → window → one entry an epoch."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def compute(epoch=5, text=COURT, window=4) -> Vectors:
    """The recorded training up to an epoch.

    Raises ValueError for what was not recorded.
    """
    require.whole("the epoch", epoch, 0, EPOCHS)
    require.whole("the window", window, 1, WINDOWS)
    require.one_of("the text", text, (COURT, FIVE))
    kept = record()[text][str(int(window))][int(epoch)]
    points = {word: tuple(at) for word, at in kept["points"].items()}
    return Vectors(
        int(epoch),
        text,
        int(window),
        points,
        kept["right"],
        kept["of"],
        kept["parallel"],
        kept["answer"],
        regime(kept["parallel"], kept["right"]),
    )


def regime(parallel, right):
    """Arrows are parallel; or at least, most analogies find their word."""
    if right and parallel >= 0.75:
        return "parallel arrows"
    return "groups" if right > 20 else "noise"


def draw(arrays: Vectors) -> str:
    axes = Axes((-1.35, 1.35), (-1.15, 1.15), width=560, height=400)
    taken = []
    for plain, royal in ARROWS:
        if {plain, royal} <= arrays.points.keys():
            ends = arrays.points[plain], arrays.points[royal]
            axes.arrow(*ends, COLOURS[arrays.regime])
    for word, (x, y) in arrays.points.items():
        axes.dots(x, y, svg.BLUE, 4)
        shift = _beside(axes.place(x, y), word, taken, axes.inner)
        axes.note(x, y, word, shift=shift, size=SIZE)
    chart = axes.block("word vectors, on their first and third principal axes")
    words = svg.column(*_words(arrays), gap=2)
    block = svg.sized(svg.column(chart, words, gap=6), chart.width)
    return svg.figure("vectors", summary(arrays), block)


def _beside(at, word, taken, inner):
    """How far from its dot a label stands, clear of those in `taken`."""
    (x,), (y,) = at
    width, height = 0.62 * SIZE * len(word), 1.3 * SIZE
    for away in range(0, 200, 8):
        for right, down in AROUND:
            left = x + right * (8 + away / 2) - (width if right < 0 else 0)
            if right == 0:
                left = x - width / 2
            middle = y + down * (height * 0.7 + away)
            box = left, middle - height / 2, left + width, middle + height / 2
            inside = (
                box[0] >= 0
                and box[2] <= inner[0]
                and box[1] >= 0
                and box[3] <= inner[1]
            )
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                return left - x, middle - y
    raise AssertionError(f"no room for {word}")  # a dozen labels always fit


def _overlap(one, other):
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )


def _words(arrays):
    shown = svg.Shown
    yield svg.caption(
        "king − man + woman is nearest to ",
        shown("answer", arrays.answer),
        f"   ·   window {arrays.window}",
    )
    yield svg.caption(
        "analogies: ",
        shown("right", arrays.right, 0),
        f" of {arrays.of}   ·   mean cosine of the arrows: ",
        shown("parallel", arrays.parallel, 2),
    )
    yield svg.caption(
        "after ",
        shown("epoch", arrays.epoch, 0),
        f" epochs on {arrays.text}: ",
        shown("regime", arrays.regime),
    )


def summary(arrays: Vectors) -> str:
    return (
        f"Word vectors after {svg.plural(arrays.epoch, 'epoch')} on"
        f" {arrays.text}, window {arrays.window}: {arrays.regime}.\n"
        f"king − man + woman is nearest to {arrays.answer};"
        f" {arrays.right} of {arrays.of} analogies come out right."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "epoch": whole_slider("epoch", 5, 0, EPOCHS),
        "window": whole_slider("window", 4, 1, WINDOWS),
        "text": choice("text", COURT, (COURT, FIVE), width=140),
    }
    return Panel("vectors", controls, compute, draw, summary)
