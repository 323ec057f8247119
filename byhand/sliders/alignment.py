"""Where a trained translator looks: a map, and the lines that cross.

What the picture shows was recorded by `python -m byhand.sliders.record
alignment`. Handed a model, as lesson 18 does, the figure also translates a
sentence that somebody types.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import ipywidgets
import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.controls import choice
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("alignment.json")
NAMES = ("house", "star", "girl", "how are you")  # of the record's sentences
MEAN = "mean"
MOST = 10  # words that fit beside each other
LEAST = 0.1  # a thinner line is not drawn


class Alignment(NamedTuple):
    """A sentence, its translation, and one map between them.

    heads: (h, m, n). weights: (m, n), of one head, or the mean of all. looks:
    (m,), the English place with the largest weight, for each French word.
    """

    english: list[str]
    french: list[str]
    layer: int
    head: str
    heads: np.ndarray
    weights: np.ndarray
    looks: np.ndarray

    @property
    def crossings(self) -> int:
        """Pairs of French words whose lines cross."""
        later = np.triu(np.ones((len(self.looks),) * 2, dtype=bool), 1)
        return int((later & (self.looks[:, None] > self.looks)).sum())


@cache
def record() -> list[dict]:
    """Sentences with "english", "french" and "weights" (layers, h, m, n)."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def compute(
    sentence: int = 0, layer: int = 2, head: str = MEAN, typed: Any = None
) -> Alignment:
    """One map of a recorded sentence, or of a typed one.

    typed: like one of the record's. ValueError: there is no such map.
    """
    require.whole("the sentence", sentence, 0, len(record()) - 1)
    shown = typed or record()[sentence]
    weights = np.asarray(shown["weights"], dtype=float)
    layers, heads, m, _ = weights.shape
    require.whole("the layer", layer, 1, layers)
    require.one_of("the head", head, (MEAN, *map(str, range(1, heads + 1))))
    of_layer = weights[layer - 1]
    one = of_layer.mean(axis=0) if head == MEAN else of_layer[int(head) - 1]
    looks = one.argmax(axis=1) if m else np.zeros(0, dtype=int)
    return Alignment(
        *(list(shown["english"]), list(shown["french"])),
        *(int(layer), head, of_layer, one, looks),
    )


_CELL = (60, 28)
_LEFT = 90  # room for the longest label of a row
_SIZE = (_LEFT + MOST * _CELL[0] + 10, 64 + MOST * _CELL[1] + 160)


def draw(arrays: Alignment) -> str:
    left = _LEFT - svg.room(arrays.french)
    which = (
        f"layer {arrays.layer}, the mean of its heads"
        if arrays.head == MEAN
        else f"layer {arrays.layer}, head {arrays.head}"
    )
    grid = svg.heat_map(
        arrays.weights,
        "weights",
        arrays.french,
        arrays.english,
        f"cross-attention: {which}",
        "row: the French word that is written   ·   column: what it looks at",
        limits=(0, 1),
        cell=_CELL,
        sums=sums.of_means(arrays.heads) if arrays.head == MEAN else None,
    )
    moved = f'<g transform="translate({left:.1f} 0)">{grid.svg}</g>'
    grid = svg.Block(moved, _SIZE[0], 64 + MOST * _CELL[1])
    block = svg.column(grid, _lines(arrays), *_words(arrays), gap=6)
    return svg.figure("alignment", summary(arrays), svg.sized(block, *_SIZE))


def _lines(arrays):
    """English above, French below, and a line for each large weight."""
    high = 96
    parts = []
    for i, j in np.ndindex(arrays.weights.shape):
        weight = arrays.weights[i, j]
        best = j == arrays.looks[i]
        if weight >= LEAST or best:
            colour = svg.BLUE if best else svg.FAINT
            parts.append(
                f'<path d="M{_middle(j):.1f} 20L{_middle(i):.1f} {high - 20}"'
                f' stroke-width="{max(6 * weight, 0.5):.1f}"'
                f' style="stroke:{colour}"/>'
            )
    for y, words in ((9, arrays.english), (high - 9, arrays.french)):
        parts += [
            svg.text(_middle(k), y, word, anchor="middle", size=12)
            for k, word in enumerate(words)
        ]
    return svg.Block("".join(parts), _SIZE[0], high)


def _middle(place):
    return _LEFT + (place + 0.5) * _CELL[0]


def _words(arrays):
    yield svg.caption(
        "pairs of thick lines that cross: ",
        svg.Shown("crossings", arrays.crossings, 0),
    )


def summary(arrays: Alignment) -> str:
    which = f"layer {arrays.layer}, "
    which += (
        "mean of the heads" if arrays.head == MEAN else (f"head {arrays.head}")
    )
    looks = ", ".join(
        f"{word} at {arrays.english[at]}"
        for word, at in zip(arrays.french, arrays.looks, strict=True)
    )
    return (
        f"“{' '.join(arrays.english)}” became “{' '.join(arrays.french)}”."
        f" {which}: {looks}.\n"
        f"{svg.plural(arrays.crossings, 'pair')} of lines cross."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


class Translation(Panel):
    """The figure; once it may ask a translator, with a line to type into."""

    def __init__(self) -> None:
        self._typed, self._refused = None, ""
        heads = len(record()[0]["weights"][0])
        options = [(name, k) for k, name in enumerate(NAMES)]
        controls = {
            "sentence": choice("sentence", 0, options),
            "layer": choice("layer", 2, (1, 2)),
            "head": choice(
                "head", MEAN, (MEAN, *map(str, range(1, heads + 1))), width=60
            ),
        }
        super().__init__("alignment", controls, self._shown, draw, summary)
        self.line: Any = None

    def ask(self, translate: Callable) -> "Translation":
        """The same, with a line for a sentence of one's own.

        translate: a text to an entry like the record's. ValueError: it
        cannot, and the sentence says why.
        """
        self._translate = translate
        self.line = ipywidgets.Text(
            description="your own",
            placeholder="type a sentence, then Enter",
            continuous_update=False,
            style={"description_width": "120px"},
            layout={"width": "500px"},
        )
        self.line.observe(self._type, "value")
        self.controls["sentence"].observe(self._choose, "value")
        self.widget.children = (self.line, *self.widget.children)
        return self

    def _shown(self, sentence, layer, head):
        require.that(not self._refused, self._refused)
        return compute(sentence, layer, head, self._typed)

    def _choose(self, _):
        """A sentence of the record: what was typed is gone."""
        self.line.value = ""

    def _type(self, change):
        self._typed, self._refused = None, ""
        try:
            if change["new"].strip():
                self._typed = fitting(self._translate(change["new"]))
        except ValueError as error:
            self._refused = str(error)
        # What was drawn ahead is of another sentence.
        self._picture.ahead = {}
        self._redraw()


def fitting(entry: dict) -> dict:
    """An entry whose words have room in the picture. ValueError: none."""
    for words in (entry["english"], entry["french"]):
        require.that(
            len(words) <= MOST,
            f"at most {MOST} words fit, and these are {len(words)}:"
            f" {' '.join(words)}",
        )
    return entry


def show() -> Translation:
    """The figure with its controls."""
    return Translation()
