"""Temperature, top-k and top-p on the next word of a story.

The distribution is counted: which word follows "had a", and how often, in
2,000 stories of the course's own grammar (byhand/text/stories.py).
"""

import math
import re
from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.chart import Axes
from byhand.sliders.controls import slider, whole_slider
from byhand.sliders.maths import entropy, softmax
from byhand.sliders.panel import Panel
from byhand.text import stories

CONTEXT = "had a"
STORIES, SEED = 2_000, 1
MOST = 12  # words that can follow
HOTTEST = 3.0
BEFORE, AFTER = "as counted", "after temperature, top-k and top-p"
COLOURS = {BEFORE: svg.FAINT, AFTER: svg.BLUE}


class Decoding(NamedTuple):
    """What becomes of a distribution; words are in the order of `counted`."""

    temperature: float
    k: int
    p: float
    words: tuple  # the likeliest first
    before: np.ndarray  # (12,): as counted
    heated: np.ndarray  # (12,): with the temperature only
    after: np.ndarray  # (12,): filtered, and made to add up to 1 again
    kept: np.ndarray  # (12,): booleans
    share: float  # of `heated` that is kept
    entropy: tuple  # in nats, before and after


@cache
def counted() -> tuple[tuple[str, ...], np.ndarray]:
    """The words that follow the context, likeliest first; how often, (12,)."""
    counts = Counter()
    for story in stories.corpus(STORIES, SEED):
        counts.update(re.findall(rf"\b{CONTEXT} (\w+)", story.text))
    words, numbers = zip(*counts.most_common(), strict=True)
    return words, np.array(numbers)


def compute(temperature=1.0, k=12, p=0.8) -> Decoding:
    """Temperature first, then top-k, then top-p of what top-k has left.

    Raises ValueError unless 0 < temperature ≤ 3, k is a whole number from 1
    to 12 and 0 < p ≤ 1.
    """
    require.positive("the temperature", temperature, HOTTEST)
    require.whole("k", k, 1, MOST)
    require.positive("p", p, 1)
    words, counts = counted()
    before = counts / counts.sum()
    heated = softmax(np.log(before) / temperature)
    # They are sorted already, and temperature does not change the order.
    left = heated * (np.arange(MOST) < k)
    left /= left.sum()
    # The last of all has a sum of 1 − its own before it, but for rounding.
    kept = (left > 0) & (np.cumsum(left) - left < p - 1e-12)
    after = left * kept / left[kept].sum()
    return Decoding(
        float(temperature),
        int(k),
        float(p),
        words,
        before,
        heated,
        after,
        kept,
        float(heated[kept].sum()),
        (entropy(before), entropy(after)),
    )


def draw(arrays: Decoding) -> str:
    block = svg.column(
        _chart(arrays),
        svg.key(*COLOURS.items()),
        _table(arrays),
        svg.column(*_words(arrays), gap=2),
        gap=10,
    )
    block = svg.sized(block, _WIDE)
    return svg.figure("decoding", summary(arrays), block)


_CELL = 50
_ROWS = ("counted", "temperature", "filtered")
_LEFT = svg.room(_ROWS)  # where the table's cells begin
_WIDE = _LEFT + MOST * _CELL + 8


def _chart(arrays):
    # Each word's bars stand above its column of the table.
    axes = Axes((-0.5, MOST - 0.5), (0, 1.001), width=_WIDE, height=230)
    axes.left = _LEFT
    axes.inner = MOST * _CELL, axes.inner[1]
    at = np.arange(MOST)
    axes.bars(at - 0.18, arrays.before, COLOURS[BEFORE], 0.3)
    axes.bars(at + 0.18, arrays.after, COLOURS[AFTER], 0.3)
    return axes.block(
        f"the next word after “… {CONTEXT}”: its probability",
        x_ticks=dict(enumerate(arrays.words)),
    )


def _table(arrays):
    rows = np.stack([arrays.before, arrays.heated, arrays.after])
    dropped = np.zeros(rows.shape, bool)
    dropped[2] = ~arrays.kept
    _, counts = counted()
    filtered = sums.of_parts(arrays.heated, arrays.share, 3)
    lines = [
        sums.of_parts(counts, counts.sum(), 3),
        sums.of_powers(arrays.before, arrays.temperature, 3),
        np.where(arrays.kept, filtered, ""),
    ]
    return svg.heat_map(
        rows,
        "shares",
        _ROWS,
        decimals=3,
        limits=(0, 1),
        crossed=dropped,
        cell=(_CELL, 28),
        sums=lines,
    )


def _words(arrays):
    shown = svg.Shown
    number = int(arrays.kept.sum())
    yield svg.caption(
        "kept: ",
        shown("number", number, 0),
        f" of {MOST} words, with ",
        shown("share", 100 * arrays.share, 1),
        " % of the probability at this temperature",
    )
    before, after = arrays.entropy
    yield svg.caption(
        "entropy: ",
        shown("entropy_before", before, 3),
        " nats before, ",
        shown("entropy_after", after, 3),
        " after",
    )
    yield svg.caption(
        "as unsure as among ",
        shown("effective_before", math.exp(before), 1),
        " equally likely words before, ",
        shown("effective_after", math.exp(after), 1),
        " after",
    )


def summary(arrays: Decoding) -> str:
    number = int(arrays.kept.sum())
    kept = f"{number} of {MOST} words are" if number > 1 else "1 word is"
    before, after = arrays.entropy
    return (
        f"The next word after “… {CONTEXT}”, at temperature"
        f" {svg.number(arrays.temperature)}, with k = {arrays.k} and p ="
        f" {svg.number(arrays.p)}: {kept} kept, with"
        f" {svg.number(100 * arrays.share, 1)} % of the probability.\n"
        f"“{arrays.words[0]}” goes from {svg.number(arrays.before[0], 3)} to"
        f" {svg.number(arrays.after[0], 3)}, the entropy from"
        f" {svg.number(before, 3)} to {svg.number(after, 3)} nats."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        "temperature": slider("temperature", 1.0, 0.1, HOTTEST, 0.1, 1),
        "k": whole_slider("top-k: k", MOST, 1, MOST),
        "p": slider("top-p: p", 0.8, 0.05, 1.0, 0.05),
    }
    return Panel("decoding", controls, compute, draw, summary)
