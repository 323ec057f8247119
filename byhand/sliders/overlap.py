"""BLEU, piece by piece, while one word of a translation goes wrong."""

import math
from collections import Counter
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, whole_slider
from byhand.sliders.panel import Panel

REFERENCE = ("la", "petite", "souris", "voit", "le", "chat", "noir")
NOTHING = "as it is"
CHANGES = (NOTHING, "replace", "swap", "drop", "repeat", "cut here")
ORDERS = (1, 2, 3, 4)
_WRONG = "chien"


class Overlap(NamedTuple):
    """A hypothesis beside the reference, and what BLEU counts.

    matches, totals: (4,), for runs of 1 to 4 words. score: from 0 to 100.
    """

    hypothesis: tuple[str, ...]
    change: str
    place: int
    matches: np.ndarray
    totals: np.ndarray
    brevity: float
    score: float


def changed(change: str, place: int) -> tuple[str, ...]:
    """The reference with one thing done at a place, from 1."""
    words, k = list(REFERENCE), place - 1
    if change == "replace":
        words[k] = _WRONG
    elif change == "swap":  # with the next; the last with the one before
        other = k + 1 if k + 1 < len(words) else k - 1
        words[k], words[other] = words[other], words[k]
    elif change == "drop":
        del words[k]
    elif change == "repeat":
        words.insert(k, words[k])
    elif change == "cut here":
        del words[k + 1 :]
    return tuple(words)


def runs(words: tuple[str, ...], n: int) -> Counter:
    return Counter(words[k : k + n] for k in range(len(words) - n + 1))


def compute(change: str = "swap", place: int = 6) -> Overlap:
    require.one_of("the change", change, CHANGES)
    require.whole("the place", place, 1, len(REFERENCE))
    words = changed(change, int(place))
    found = np.array(
        [(runs(words, n) & runs(REFERENCE, n)).total() for n in ORDERS]
    )
    of = np.array([runs(words, n).total() for n in ORDERS])
    brevity = math.exp(min(0.0, 1 - len(REFERENCE) / len(words)))
    score = 0.0
    if found.all():
        score = 100 * brevity * math.exp(np.log(found / of).mean())
    return Overlap(words, change, int(place), found, of, brevity, score)


_WIDE = 620


def draw(arrays: Overlap) -> str:
    block = svg.column(
        svg.caption(
            f"reference:  {' '.join(REFERENCE)}   ·   word ",
            svg.Shown("place", arrays.place, 0),
            ": ",
            svg.Shown("word", REFERENCE[arrays.place - 1]),
        ),
        svg.caption(
            "hypothesis: ",
            svg.Shown("hypothesis", " ".join(arrays.hypothesis)),
            bold=True,
        ),
        _chart(arrays),
        *_words(arrays),
        gap=8,
    )
    return svg.figure("overlap", summary(arrays), svg.sized(block, _WIDE))


def _chart(arrays):
    axes = Axes((0.4, 6.6), (0, 1.2), _WIDE, height=230)
    shares = arrays.matches / np.maximum(arrays.totals, 1)
    bars = {k: share for k, share in zip(ORDERS, shares, strict=True)}
    axes.bars(list(bars), list(bars.values()), svg.BLUE, 0.6)
    axes.bars([5], [arrays.brevity], svg.GREEN, 0.6)
    axes.bars([6], [arrays.score / 100], svg.ORANGE, 0.6)
    counts = zip(arrays.matches, arrays.totals, strict=True)
    notes = [f"{found}/{of}" for found, of in counts]
    notes += [svg.number(arrays.brevity, 4), svg.number(arrays.score, 2)]
    heights = [*shares, arrays.brevity, arrays.score / 100]
    names = [*(f"runs{n}" for n in ORDERS), "brevity", "score"]
    for k, (name, note) in enumerate(zip(names, notes, strict=True)):
        axes.note(
            *(k + 1, heights[k], svg.Shown(name, note)),
            shift=(0, -10),
            anchor="middle",
        )
    labels = [*(f"n = {n}" for n in ORDERS), "brevity", "BLEU / 100"]
    return axes.block(
        "matches of runs of n words, the penalty, and BLEU",
        x_ticks=dict(enumerate(labels, 1)),
    )


def _words(arrays):
    yield svg.caption(
        svg.Shown("words", len(arrays.hypothesis), 0),
        f" words for {len(REFERENCE)}; BLEU ",
        svg.Shown("bleu", arrays.score),
    )


def summary(arrays: Overlap) -> str:
    counts = ", ".join(
        f"{found}/{of}"
        for found, of in zip(arrays.matches, arrays.totals, strict=True)
    )
    return (
        f"“{' '.join(arrays.hypothesis)}” for “{' '.join(REFERENCE)}”:"
        f" runs of 1 to 4 words match {counts}.\n"
        f"Brevity {svg.number(arrays.brevity, 4)},"
        f" BLEU {svg.number(arrays.score)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "change": choice("the change", "swap", CHANGES, width=80),
        "place": whole_slider("at word", 6, 1, len(REFERENCE)),
    }
    return Panel("overlap", controls, compute, draw, summary)
