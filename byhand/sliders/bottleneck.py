"""One vector against looking back: strings of letters reversed, by length.

What the picture shows was recorded by `python -m byhand.sliders.record
bottleneck`, from the models of byhand/text/reversal.py. A button trains them
again, with PyTorch.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import ipywidgets
import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.bar import PARTS, Bar
from byhand.sliders.chart import Axes
from byhand.sliders.controls import stops
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("bottleneck.json")
LENGTHS = tuple(range(2, 21, 2))
TRAINED = 12  # letters, at most
# Colour, width and dashes of each model's curve, in the record's order.
STYLES = (
    (svg.ORANGE, 2, "2 4"),
    (svg.PINK, 2.5, "9 5"),
    (svg.BLUE, 3, ""),
)


class Bottleneck(NamedTuple):
    """Three trained models, looked at for one length.

    right: model to the shares of strings that it reverses without a mistake,
    one for each of LENGTHS. weights: (n, n), row i is what the attention
    looks at while it writes letter i of `written`, having read `letters`.
    again: like right, of models trained just now; or empty.
    """

    length: int
    right: dict[str, list[float]]
    letters: str
    written: str
    weights: np.ndarray
    again: dict[str, list[float]]

    @property
    def here(self) -> dict[str, float]:
        """Model to its share at the length."""
        return self._at_the_length(self.right)

    @property
    def again_here(self) -> dict[str, float]:
        return self._at_the_length(self.again)

    def _at_the_length(self, right):
        at = LENGTHS.index(self.length)
        return {name: shares[at] for name, shares in right.items()}


@cache
def record() -> dict:
    """What was recorded: "right", "letters", "written" and "weights"."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def compute(length=12, again=None) -> Bottleneck:
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
        again or {},
    )


def trained(seed, tell) -> dict[str, list[float]]:
    """Every model trained from a seed: its shares, one for each length.

    tell: called with the part that is done, from 0 to 1.
    """
    # The picture alone needs no PyTorch.
    from byhand.text import reversal

    right = {}
    for name in reversal.MODELS:
        done = len(right)
        for progress in reversal.train(name, seed):
            tell((done + progress.share) / len(reversal.MODELS))
        right[name] = [
            reversal.accuracy(progress.model, length) for length in LENGTHS
        ]
    return right


def draw(arrays: Bottleneck) -> str:
    chart = _chart(arrays)
    chart = svg.sized(svg.column(chart, *_key(arrays), gap=4), chart.width)
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
        if name in arrays.again:
            axes.curve(LENGTHS, arrays.again[name], style[0], 1)
            axes.dots(LENGTHS, arrays.again[name], style[0], 3)
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
        said = [f"{name}: ", svg.Shown(name, percent(share))]
        if name in arrays.again:
            share = percent(arrays.again_here[name])
            said += ["   ·   again: ", svg.Shown(f"{name}, again", share)]
        yield svg.row(svg.Block(line, 40, 21), svg.caption(*said), gap=10)


def percent(share):
    return f"{svg.number(100 * share, 1)} %"


def summary(arrays: Bottleneck) -> str:
    models = listed(arrays.here)
    again = f" Again: {listed(arrays.again_here)}." if arrays.again else ""
    return (
        f"Strings of {arrays.length} letters reversed without a mistake:"
        f" {models}.{again}\nWriting {arrays.written}, the attention looks at"
        f" {arrays.letters} from its end to its beginning."
    )


def listed(shares):
    return ", ".join(f"{name} {percent(at)}" for name, at in shares.items())


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


class Reversal(Panel):
    """The figure, and a button that trains its models again.

    The kernel trains, and answers nothing else meanwhile.
    """

    def __init__(self):
        self._again, self._seed = {}, 0  # the record's seed
        controls = {"length": stops("length", 12, LENGTHS)}
        super().__init__(
            "bottleneck", controls, self._compute_both, draw, summary
        )
        self.train_button = ipywidgets.Button(
            description="Train again (a minute or two)",
            layout={"width": "230px"},
        )
        if find_spec("torch") is None:
            self.train_button.disabled = True
            self.train_button.description = "Train again (needs PyTorch)"
        self.bar = Bar(max=PARTS, layout={"width": "200px"})
        self.train_button.on_click(lambda _: self.train())
        self.widget.children[0].children += (self.train_button, self.bar)

    def _compute_both(self, length):
        return compute(length, self._again)

    def train(self):
        """All models, from a seed of their own each time."""
        self._seed += 1
        self.train_button.disabled = True
        try:
            self._again = trained(self._seed, self._tell)
        finally:
            self.train_button.disabled = False
        # What was drawn ahead lacks the new curves.
        self._picture.ahead = {}
        self._redraw()

    def _tell(self, done):
        self.bar.value = round(PARTS * done)


def show() -> Panel:
    """The figure with its control and its button."""
    return Reversal()
