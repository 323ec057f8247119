"""Cross-attention: a target that copies its source, or turns it round.

One head, made by hand, that goes by places alone. All vectors are lesson
11's encodings, 16 numbers wide; the head reads their two fastest waves. Its
keys are these four numbers of a source place; its queries are those of a
target place, turned to the source place that it shall look at.
"""

import math
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.controls import choice, slider, whole_slider
from byhand.sliders.maths import softmax
from byhand.sliders.panel import Panel

SOURCE = ("a", "cat", "sat", "on", "my", "mat")
START, PAD = "(start)", "(pad)"
M = len(SOURCE)
MOST_TARGET, MOST_PADDED, MOST_SHIFT = 4, 2, 2
D_MODEL, D_K = 16, 4
ORDERS = ("copies", "reverses")


def encoding(n):
    """Lesson 11's: sine and cosine side by side, (n, 16)."""
    angles = np.arange(n)[:, None] / 1e4 ** (np.arange(0, D_MODEL, 2) / 16)
    return np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(n, -1)


def query_matrix(order, shift):
    """W_q, (16, 4): from place i to the waves of the place it looks at.

    That is i + shift, or, to reverse, the last place − i + shift.
    """
    W_q = np.zeros((D_MODEL, D_K))
    rates = 1e4 ** (-np.arange(0, D_K, 2) / D_MODEL)
    for pair, rate in zip((0, 2), rates, strict=True):
        turn = rate * (shift if order == "copies" else M - 1 + shift)
        c, s = np.cos(turn), np.sin(turn)
        block = [[c, -s], [s, c]] if order == "copies" else [[-c, s], [s, c]]
        W_q[pair : pair + 2, pair : pair + 2] = block
    return W_q


W_K = np.eye(D_MODEL, D_K)


class Crossing(NamedTuple):
    """n target tokens look at m = 6 source tokens."""

    order: str
    padded: int
    source: tuple  # m strings
    target: tuple  # n strings: what the decoder was given
    wanted: tuple  # n strings: what each place of the target is to read
    reads: tuple  # n strings: where each looks most, or "?" if nowhere
    Q: np.ndarray  # (n, 4)
    K: np.ndarray  # (m, 4)
    scores: np.ndarray  # (n, m), −inf where src_mask hides
    weights: np.ndarray  # (n, m): every row sums to 1
    row: int  # the one that is followed, from 0
    later: float  # its weight on source places after its own


def compute(
    sharpness=8.0, shift=0, target=4, padded=1, row=2, order="copies"
) -> Crossing:
    """The map of one head's cross-attention.

    sharpness: a factor on the queries; row: which target token to follow,
    counted from 1, the last if there are fewer. ValueError: a number is out
    of range.
    """
    for name, value, low, high in (
        ("the shift", shift, -MOST_SHIFT, MOST_SHIFT),
        ("the number of target tokens", target, 1, MOST_TARGET),
        ("the number of pads", padded, 0, MOST_PADDED),
        ("the row", row, 1, MOST_TARGET),
    ):
        require.whole(name, value, low, high)
    require.that(
        order in ORDERS, f"the target must be one of {ORDERS}, not {order!r}"
    )
    require.at_least_0("the sharpness", sharpness, "not below 0")
    n, padded, row = int(target), int(padded), min(int(row), int(target)) - 1
    real = SOURCE[: M - padded]
    wanted = (real if order == "copies" else real[::-1])[:n]
    Q = sharpness * encoding(n) @ query_matrix(order, int(shift))
    K = encoding(M) @ W_K
    scores = Q @ K.T / math.sqrt(D_K)
    scores[:, M - padded :] = -np.inf
    weights = softmax(scores)
    source = real + (PAD,) * padded
    return Crossing(
        order,
        padded,
        source,
        (START, *wanted[:-1]),
        wanted,
        tuple(_read(source, shares) for shares in weights),
        Q,
        K,
        scores,
        weights,
        row,
        float(weights[row, row + 1 :].sum()),
    )


def _read(source, shares):
    best = int(np.argmax(shares))
    # Two that are alike to the eye leave the question open.
    alike = np.count_nonzero(shares > shares[best] - 1e-9) > 1
    return "?" if alike else source[best]


_CELL = (64, 34)
_LEFT = 68  # room for the longest label of a row
# Room for all rows.
_SIZE = (670, 338)


def draw(arrays: Crossing) -> str:
    width, height = _SIZE
    n = len(arrays.target)
    map_ = _levelled(
        svg.heat_map(
            arrays.weights,
            "weights",
            arrays.target,
            arrays.source,
            "cross-attention: weights",
            "row: a target token asks   ·   column: a source token answers",
            limits=(0, 1),
            crossed=np.isneginf(arrays.scores),
            cell=_CELL,
            sums=sums.of_weights(arrays.scores),
        ),
        arrays.target,
    )
    top = map_.height - n * _CELL[1]
    parts = [map_.svg, _outline(top + arrays.row * _CELL[1])]
    for i, (read, wanted) in enumerate(
        zip(arrays.reads, arrays.wanted, strict=True)
    ):
        right = read == wanted
        parts.append(
            svg.text(
                _LEFT + M * _CELL[0] + 14,
                top + (i + 0.5) * _CELL[1] - 1,
                "reads ",
                svg.Shown(f"reads{i}", read),
                "" if right else f", should: {wanted}",
                colour=svg.INK if right else svg.ORANGE,
            )
        )
    whole = top + MOST_TARGET * _CELL[1]
    above = svg.Block("".join(parts), width, whole)
    here = slice(arrays.row, arrays.row + 1)
    hidden = np.isneginf(arrays.scores[here])
    lines = sums.of_products(arrays.Q[here], arrays.K, 2, math.sqrt(D_K))
    scores = _levelled(
        svg.heat_map(
            arrays.scores[here],
            "scores",
            (arrays.target[arrays.row],),
            (),
            "scores of the outlined row, before the softmax",
            scale="diverging",
            limits=(-20, 20),
            crossed=hidden,
            cell=_CELL,
            # What is masked is no product any more.
            sums=np.where(hidden, "", lines),
        ),
        (arrays.target[arrays.row],),
    )
    block = svg.column(above, scores, *_words(arrays), gap=10)
    block = svg.sized(block, width, height)
    return svg.figure("crossing", summary(arrays), block)


def _levelled(block, labels):
    """Moved so that its cells stand under others', however long a label."""
    left = _LEFT - svg.room(labels)
    moved = f'<g transform="translate({left:.1f} 0)">{block.svg}</g>'
    return block._replace(svg=moved)


def _outline(y):
    wide, high = _CELL
    return (
        f'<rect x="{_LEFT - 3}" y="{y - 3:.1f}" width="{M * wide + 4}"'
        f' height="{high + 4}" rx="5" fill="none"'
        f' style="stroke:{svg.ORANGE}" stroke-width="2.5"/>'
    )


def _words(arrays):
    shown = svg.Shown
    n, m = arrays.weights.shape
    yield svg.caption(
        shown("n_target", n, 0),
        " target × ",
        shown("n_source", m, 0),
        " source tokens; ",
        shown("padded", arrays.padded, 0),
        " of the columns hidden by src_mask, from every row",
    )
    yield svg.caption(
        "row ",
        shown("place", arrays.row + 1, 0),
        f", “{arrays.target[arrays.row]}”, gives ",
        shown("later", arrays.later),
        " to later source tokens; nothing forbids it",
    )


def summary(arrays: Crossing) -> str:
    n, m = arrays.weights.shape
    tokens = f"{svg.plural(n, 'target token')} look{'s' if n == 1 else ''}"
    looks = "; ".join(
        f"{word}: {read if read != '?' else 'nowhere most'}"
        for word, read in zip(arrays.target, arrays.reads, strict=True)
    )
    return (
        f"A target that {arrays.order} its source: {tokens} at {m} source"
        f" tokens, {svg.plural(arrays.padded, 'pad')} among them, which get"
        f" weight 0. Each looks most at: {looks}.\n"
        f"“{arrays.target[arrays.row]}” gives {svg.number(arrays.later)} of"
        " its weight to source tokens after its own place; no mask forbids it."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        "sharpness": slider("sharpness", 8.0, 0.0, 20.0, 0.5, 1),
        "shift": whole_slider("shift", 0, -MOST_SHIFT, MOST_SHIFT),
        "padded": whole_slider("pads", 1, 0, MOST_PADDED),
        "target": whole_slider("target tokens", 4, 1, MOST_TARGET),
        "row": whole_slider("outlined row", 2, 1, MOST_TARGET),
        "order": choice("the target", "copies", ORDERS),
    }
    return Panel("crossing", controls, compute, draw, summary)
