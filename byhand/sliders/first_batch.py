"""A translator on its first batch: with a teacher, and on its own.

Two trainings on two sentences: the targets shifted, and not. The lesson hands
over its own. What the picture shows before that was recorded by `python -m
byhand.sliders.record first_batch`, from byhand/text/two_sentences.py.
"""

import json
import re
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, whole_slider
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("first_batch.json")
TOKENS = ["<pad>", "<bos>", "<eos>", "a", "am", "i", "student", "thanks"]
PAD = 0
SOURCES = "je suis étudiant", "merci à vous"
TARGETS = ((5, 4, 3, 6, 2), (7, 2, PAD, PAD, PAD))
REAL = sum(token != PAD for row in TARGETS for token in row)
STEPS = 60
SHIFTED, NOT_SHIFTED = MODELS = ("shifted", "not shifted")
GIVEN = {SHIFTED: (1, 5, 4, 3, 6), NOT_SHIFTED: TARGETS[0]}  # sentence 1
STYLES = {SHIFTED: (svg.BLUE, ""), NOT_SHIFTED: (svg.ORANGE, "5 4")}


class Moment(NamedTuple):
    """What is known of a model before a step.

    taught, alone: how many of the 7 real tokens are right, given the words so
    far, and written on its own. chances: (5, 8), of sentence 1. written: both
    translations.
    """

    loss: float
    taught: int
    alone: int
    chances: Sequence[Sequence[float]]
    written: Sequence[str]


class FirstBatch(NamedTuple):
    """Two trainings, and the model and the step that are looked at."""

    step: int
    model: str
    seen: dict[str, list[Moment]]

    @property
    def now(self) -> Moment:
        return self.seen[self.model][self.step]


def moment(loss, logits, written) -> Moment:
    """logits: (2, 5, 8). written: the ids of each sentence, without BOS."""
    logits, targets = np.asarray(logits, dtype=float), np.array(TARGETS)
    powers = np.exp(logits[0] - logits[0].max(axis=-1, keepdims=True))
    chances = powers / powers.sum(axis=-1, keepdims=True)
    taught = (logits.argmax(axis=-1) == targets)[targets != PAD].sum()
    alone = sum(
        token == target != PAD
        for ids, row in zip(written, TARGETS, strict=True)
        for token, target in zip(ids, row, strict=False)
    )
    return Moment(
        round(float(loss), 4),
        int(taught),
        alone,
        chances.round(2).tolist(),
        [" ".join(TOKENS[token] for token in ids) for ids in written],
    )


@cache
def record() -> dict[str, list[Moment]]:
    """What was recorded, of each of MODELS before each step."""
    kept = json.loads(RECORD.read_text(encoding="utf-8"))
    return {name: [Moment(*m) for m in kept[name]] for name in MODELS}


def compute(step=STEPS - 1, model=SHIFTED, yours=None) -> FirstBatch:
    """yours: moments of each of MODELS, else what was recorded."""
    require.whole("the step", step, 0, STEPS - 1)
    require.one_of("the model", model, MODELS)
    return FirstBatch(int(step), model, yours or record())


def draw(arrays: FirstBatch) -> str:
    charts = svg.row(
        _chart(arrays, "loss", "loss", 2.4, np.log(len(TOKENS))),
        _chart(arrays, "taught", "right with a teacher, of 7", 7.4, REAL),
        _chart(arrays, "alone", "right on its own, of 7", 7.4, REAL),
        gap=6,
    )
    key = svg.key(*((name, *style) for name, style in STYLES.items()))
    words = svg.column(*_words(arrays), gap=2)
    block = svg.column(charts, key, _chances(arrays), words, gap=12)
    return svg.figure(
        "first_batch", summary(arrays), svg.sized(block, charts.width)
    )


def _chart(arrays, what, title, top, level):
    axes = Axes((0, STEPS - 1), (0, top), width=236, height=220)
    axes.level(level)
    axes.upright(arrays.step)
    for name, (colour, dashes) in STYLES.items():
        values = np.array([getattr(m, what) for m in arrays.seen[name]])
        (known,) = np.isfinite(values).nonzero()  # a loss may be NaN
        axes.curve(known, values[known], colour, 2, dashes)
    label = "step (dotted: ln 8)" if what == "loss" else "step"
    return axes.block(title, label)


def _chances(arrays):
    return svg.heat_map(
        arrays.now.chances,
        "chances",
        [
            f"{TOKENS[given]} → {TOKENS[target]}"
            for given, target in zip(
                GIVEN[arrays.model], TARGETS[0], strict=True
            )
        ],
        TOKENS,
        f"Sentence 1, {_when(arrays)}: the chance of each token",
        "a row: the token given → its target",
        limits=(0, 1),
        cell=(68, 26),
    )


def _when(arrays):
    return f"{arrays.model}, after {svg.plural(arrays.step, 'step')}"


def _words(arrays):
    now, shown = arrays.now, svg.Shown
    yield svg.caption(
        "loss ",
        shown("loss", now.loss, 4),
        "   ·   right with a teacher: ",
        shown("taught", now.taught, 0),
        f" of {REAL}   ·   on its own: ",
        shown("alone", now.alone, 0),
        f" of {REAL}",
    )
    for k, (source, written) in enumerate(
        zip(SOURCES, now.written, strict=True)
    ):
        yield svg.caption(
            f"{source} → ", shown(f"written {k}", written or " ")
        )


def summary(arrays: FirstBatch) -> str:
    now = arrays.now
    # Plain text: no angle brackets.
    one, two = (re.sub("<(.+?)>", r"(\1)", text) for text in now.written)
    return (
        f"Targets {_when(arrays)}: the loss is {svg.number(now.loss, 4)}, and"
        f" {now.taught} of {REAL} tokens are right with a"
        f" teacher.\nOn its own {now.alone} are: {SOURCES[0]} → {one};"
        f" {SOURCES[1]} → {two}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show(seen=None) -> Panel:
    """The figure with its controls. seen: moments of your own trainings."""
    controls = {
        "step": whole_slider("steps done", STEPS - 1, 0, STEPS - 1),
        "model": choice("targets", SHIFTED, MODELS, width=110),
    }
    own = partial(compute, yours=seen)
    return Panel("first_batch", controls, own, draw, summary)
