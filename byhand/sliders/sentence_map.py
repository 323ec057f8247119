"""A map of sentences in two languages, while one encoder learns both.

What the picture shows at first was recorded by `python -m
byhand.sliders.record sentence_map`, from the training of
byhand/text/meanings.py. What the lesson's own training kept on the way can be
looked at too.
"""

import json
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, stops, whole_slider
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("sentence_map.json")
STEPS = tuple(range(0, 301, 50))
RECORDED, YOURS = "recorded", "yours"


class SentenceMap(NamedTuple):
    """The sentences after a step of training.

    english, french: (n, 2), where they stand. own: (n,), the cosine of each
    pair. nearest: (n,), of each English sentence and the best *other* French
    one. words: of each pair, both sentences. which: the chosen pair, from 1.
    """

    step: int
    which: int
    english: np.ndarray
    french: np.ndarray
    own: np.ndarray
    nearest: np.ndarray
    words: list[tuple[str, str]]

    @property
    def found(self) -> int:
        """English sentences whose nearest French one is the right one."""
        return int((self.own > self.nearest).sum())


@cache
def record() -> dict:
    """What was recorded: "words", and for each step what `seen` gives."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def seen(kept) -> dict[str, dict]:
    """Step → "english", "french", "own" and "nearest", of what a training
    kept: step → vectors (2, n, d), English first.

    The two axes are those along which the last vectors differ most.
    """
    units = {}
    for step, vectors in kept.items():
        rows = np.asarray(vectors, dtype=float)
        units[step] = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    last = np.concatenate(units[max(units)])
    axes = np.linalg.svd(last - last.mean(axis=0))[2][:2]
    # Either direction is as good; the same one each time.
    axes *= np.sign(axes[:, np.abs(axes).argmax(axis=1)].diagonal())[:, None]
    return {str(step): _looked_at(both, axes) for step, both in units.items()}


def _looked_at(both, axes):
    placed = (both - both.mean(axis=(0, 1))) @ axes.T
    cosines = both[0] @ both[1].T
    others = cosines - 3 * np.eye(len(cosines))
    return {
        "english": placed[0].round(3).tolist(),
        "french": placed[1].round(3).tolist(),
        "own": cosines.diagonal().round(3).tolist(),
        "nearest": others.max(axis=1).round(3).tolist(),
    }


def compute(step=STEPS[-1], which=1, whose=RECORDED, yours=None):
    """Raises ValueError for a step that was not kept, or no such pair."""
    kept = record()
    words = [tuple(pair) for pair in kept["words"]]
    require.one_of("the step", step, STEPS)
    require.whole("the pair", which, 1, len(words))
    require.that(
        whose == RECORDED or yours is not None,
        "nothing was kept of your training: hand it to show()",
    )
    there = (kept["steps"] if whose == RECORDED else yours)[str(step)]
    placed = {name: np.array(values) for name, values in there.items()}
    return SentenceMap(int(step), int(which), **placed, words=words)


def draw(arrays: SentenceMap) -> str:
    block = svg.column(
        _chart(arrays),
        svg.key(("English", svg.BLUE), ("French", svg.ORANGE)),
        *_told(arrays),
        gap=6,
    )
    return svg.figure("sentence_map", summary(arrays), svg.sized(block, 640))


def _chart(arrays):
    axes = Axes((-1.15, 1.15), (-1.15, 1.15), width=620, height=400)
    pairs = zip(arrays.english, arrays.french, strict=True)
    for number, (here, there) in enumerate(pairs, 1):
        chosen = number == arrays.which
        colour, width = (svg.INK, 2.5) if chosen else (svg.FAINT, 1)
        axes.curve(*zip(here, there, strict=True), colour, width)
        axes.dots(*here, svg.BLUE, 7 if chosen else 5)
        axes.dots(*there, svg.ORANGE, 5 if chosen else 3.5)
    return axes.block(
        "the two directions in which the sentences differ most",
        f"after {arrays.step} steps; a line joins a pair",
    )


def _told(arrays):
    k = arrays.which - 1
    english, french = arrays.words[k]
    yield svg.caption(svg.Shown("english", english), bold=True)
    yield svg.caption(svg.Shown("french", french), bold=True)
    yield svg.caption(
        "their cosine is ",
        svg.Shown("own", arrays.own[k], 3),
        ", that of the nearest other French sentence ",
        svg.Shown("nearest", arrays.nearest[k], 3),
    )
    yield svg.caption(
        svg.Shown("found", arrays.found, 0),
        f" of {len(arrays.words)} English sentences find theirs; a pair has ",
        svg.Shown("mean", arrays.own.mean(), 3),
        " on average",
    )


def summary(arrays: SentenceMap) -> str:
    k = arrays.which - 1
    english, french = arrays.words[k]
    return (
        f"After {arrays.step} steps {arrays.found} of {len(arrays.words)} "
        "English sentences find their French ones.\n"
        f"“{english}” and “{french}”: cosine "
        f"{svg.number(arrays.own[k], 3)}, with the nearest other "
        f"{svg.number(arrays.nearest[k], 3)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show(kept=None) -> Panel:
    """The figure with its controls. kept: what your training kept."""
    controls = {
        "step": stops("steps of training", STEPS[-1], STEPS),
        "which": whole_slider("pair", 1, 1, len(record()["words"])),
    }
    if not kept:
        return Panel("sentence_map", controls, compute, draw, summary)
    controls["whose"] = choice("model", RECORDED, (RECORDED, YOURS))
    own = partial(compute, yours=seen(kept))
    return Panel("sentence_map", controls, own, draw, summary)
