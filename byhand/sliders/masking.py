"""Two sentences, two masks, and what a changed word can reach.

The batch is padded to four tokens; W_q = W_k = W_v = I.
"""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.controls import choice, slider, whole_slider
from byhand.sliders.maths import attend
from byhand.sliders.panel import Panel

SENTENCES = (
    ("The", "cat", "sat", "down"),
    ("Dogs", "bark", "at", "cats"),
)
PAD = "(pad)"
N = 4
VECTORS = np.array(
    [
        [[1, 0, 1, 0], [0, 2, 0, 1], [1, 1, 0, 2], [0, 1, 2, 0]],
        [[2, 0, 0, 1], [1, 2, 0, 0], [0, 0, 1, 1], [0, 2, 1, 1]],
    ],
    dtype=float,
)
KINDS = ("none", "padding", "look-ahead", "both")
# Far above rounding, far below what one step of the slider moves.
MOVED = 1e-9


class Masking(NamedTuple):
    """Two sentences (b = 2) of four tokens; row i looks, column j is seen."""

    words: tuple  # (b, 4) strings
    real: np.ndarray  # (b, 4): True for a word, False for a pad
    kind: str
    mask: np.ndarray  # (b, 4, 4): True where i may attend to j
    scores: np.ndarray  # (b, 4, 4), after the change; −∞ where masked
    weights: np.ndarray  # (b, 4, 4), after the change
    output: np.ndarray  # (b, 4, 4), after the change
    place: int  # of the changed token, from 0
    change: float  # what was added to each of its numbers
    moved: np.ndarray  # (b, 4): how far each output moved by that
    leaks: np.ndarray  # (b, 4): True where a word should not have moved


def compute(first=4, second=3, kind="both", word=4, change=1.0) -> Masking:
    """Attention under a mask, before and after token `word` is changed.

    Raises ValueError unless the lengths and `word` are whole numbers from 1
    to 4, `kind` is one of KINDS and the change is finite.
    """
    for name, value in [
        ("the length of the first sentence", first),
        ("the length of the second sentence", second),
        ("the changed word", word),
    ]:
        require.whole(name, value, 1, N)
    require.that(
        kind in KINDS, f"the mask must be one of {KINDS}, not {kind!r}"
    )
    require.finite("the change", change)
    real = np.arange(N) < np.array([[first], [second]])
    mask = np.ones((2, N, N), dtype=bool)
    if kind in ("padding", "both"):
        mask &= real[:, None, :]
    if kind in ("look-ahead", "both"):
        mask &= np.arange(N)[:, None] >= np.arange(N)
    before = np.where(real[..., None], VECTORS, 0.0)
    after = before.copy()
    after[:, int(word) - 1] += change
    _, stayed = attend(before, before, before, mask)
    weights, output = attend(after, after, after, mask)
    scores = after @ after.swapaxes(-1, -2) / np.sqrt(after.shape[-1])
    moved = np.abs(output - stayed).max(axis=-1)
    place = int(word) - 1
    # A word may depend on itself and on earlier words, never on a pad.
    allowed = real[:, place, None] & (np.arange(N) >= place)
    words = tuple(
        tuple(w if r else PAD for w, r in zip(row, flags, strict=True))
        for row, flags in zip(SENTENCES, real, strict=True)
    )
    return Masking(
        words,
        real,
        kind,
        mask,
        np.where(mask, scores, -np.inf),
        weights,
        output,
        place,
        float(change),
        moved,
        (moved > MOVED) & real & ~allowed,
    )


def draw(arrays: Masking) -> str:
    sides = [svg.sized(_sentence(arrays, b), 390) for b in (0, 1)]
    block = svg.row(*sides, gap=30)
    return svg.figure("masking", summary(arrays), block)


def _sentence(arrays, b):
    words = arrays.words[b]
    weights = svg.heat_map(
        arrays.weights[b],
        f"weights{b}",
        words,
        words,
        f"sentence {b + 1}: weights",
        "row looks at column; crossed: masked",
        limits=(0, 1),
        crossed=~arrays.mask[b],
        cell=(56, 34),
        sums=sums.of_weights(arrays.scores[b]),
    )
    moved = svg.heat_map(
        arrays.moved[b][:, None],
        f"moved{b}",
        (),
        ["output"],
        "moved",
        "by",
        decimals=4,
        limits=(0, 2),
        cell=(64, 34),
    )
    pictures = svg.row(weights, moved, gap=16)
    colour = svg.ORANGE if arrays.leaks[b].any() else svg.INK
    lines = [
        svg.caption(svg.Shown(f"verdict{b}.{k}", line), colour=colour)
        for k, line in enumerate(verdict(arrays, b))
    ]
    # Two lines always, so that the picture keeps its height.
    lines += [svg.caption("")] * (2 - len(lines))
    return svg.column(pictures, svg.column(*lines, gap=0), gap=8)


def verdict(arrays: Masking, b: int) -> list[str]:
    """What the change did to one sentence, in one or two lines."""
    words, place = arrays.words[b], arrays.place
    if arrays.change == 0:
        return ["nothing is changed yet"]
    padded = not arrays.real[b, place]
    what = "the pad" if padded else f"“{words[place]}”"
    what = f"{what} in place {place + 1}"
    *others, last = ["", *(words[i] for i in np.flatnonzero(arrays.leaks[b]))]
    if last:
        told = f"{', '.join(filter(None, others))} and {last}"
        told = told.removeprefix(" and ")
        return [f"LEAK: {told} moved,", f"though only {what} changed"]
    if padded:
        return [f"no leak: {what} changed,", "and no word noticed"]
    if place == 0:
        return [f"{what} changed:", "it has no past to leak into"]
    return [f"no leak: {what} changed,", "and no word before it noticed"]


def summary(arrays: Masking) -> str:
    lines = []
    for b in (0, 1):
        open_cells = int(arrays.mask[b].sum())
        told = " ".join(verdict(arrays, b))
        lines.append(
            f"Sentence {b + 1}, {' '.join(arrays.words[b])}: {open_cells} of"
            f" {N * N} cells are open; {told}."
        )
    return f"Mask: {arrays.kind}. {lines[0]}\n{lines[1]}"


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        "change": slider("change it by", 1.0, 0.0, 3.0, 0.25),
        "word": whole_slider("changed word", 4, 1, N),
        "first": whole_slider("length of 1st", 4, 1, N),
        "second": whole_slider("length of 2nd", 3, 1, N),
        "kind": choice("mask", "both", KINDS),
    }
    return Panel("masking", controls, compute, draw, summary)
