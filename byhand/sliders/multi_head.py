"""The number of heads against what each of them looks at.

Six words, d_model = 8. The matrices are made by hand so that each pair of
columns asks a question of its own: who is meant, what stood before, who is
of my kind, what is done. Four heads of two columns ask them one by one; fewer
heads must ask several at once, and more cut the questions in two.
"""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.controls import whole_slider
from byhand.sliders.maths import softmax
from byhand.sliders.panel import Panel

WORDS = ("The", "cat", "sat", "as", "it", "ate")
D_MODEL = 8
SHARPNESS = 2.4
FOLLOWED = WORDS.index("it")


def _sentence():
    """X, (6, 8): noun, pronoun, verb, other; place in the text; 2 unused."""
    other, noun, verb, pronoun = 3, 0, 2, 1
    X = np.zeros((len(WORDS), D_MODEL))
    kinds = [other, noun, verb, other, pronoun, verb]
    X[np.arange(len(WORDS)), kinds] = 1
    turn = 2 * np.pi * np.arange(len(WORDS)) / len(WORDS)
    X[:, 4], X[:, 5] = np.cos(turn), np.sin(turn)
    return X


def _matrices():
    """W_q and W_k, (8, 8): two columns a question."""
    W_q, W_k = np.zeros((2, D_MODEL, D_MODEL))
    noun, pronoun, verb, other, across, up = range(6)
    # Who is meant? A pronoun looks for a noun, a verb for who does it.
    W_q[pronoun, 0] = W_k[noun, 0] = 1
    W_q[verb, 1] = W_k[noun, 1] = W_k[pronoun, 1] = 1
    # What stood before? The query points to one place earlier on the circle.
    step = 2 * np.pi / len(WORDS)
    W_k[across, 2] = W_k[up, 3] = 1
    W_q[across, 2] = W_q[up, 3] = np.cos(step)
    W_q[up, 2], W_q[across, 3] = np.sin(step), -np.sin(step)
    # Who is of my kind? Nouns and pronouns are one kind, verbs another.
    for W in (W_q, W_k):
        W[noun, 4] = W[pronoun, 4] = W[verb, 5] = 1
    # What is done? Nouns and pronouns look for verbs, the others for nouns.
    W_q[noun, 6] = W_q[pronoun, 6] = W_k[verb, 6] = 1
    W_q[other, 7] = W_k[noun, 7] = 1
    return SHARPNESS * W_q, SHARPNESS * W_k


X = _sentence()
W_Q, W_K = _matrices()


class Heads(NamedTuple):
    """h heads, each 8 / h wide; row i looks, column j is looked at."""

    num_heads: int
    width: int
    scores: np.ndarray  # (h, 6, 6), before the softmax
    weights: np.ndarray  # (h, 6, 6): every row sums to 1
    favourites: tuple  # for each head, the words that "it" looks at most
    parameters: int  # of the four projections, without biases
    products: int  # multiplications in all
    numbers: int  # how many weights there are: h · 6 · 6


def compute(heads=4) -> Heads:
    """The attention maps of the six words for a number of heads.

    Raises ValueError unless it is a whole number from 1 to 8 that divides 8.
    """
    require.whole("the number of heads", heads, 1, D_MODEL)
    heads = int(heads)
    require.that(
        D_MODEL % heads == 0,
        f"{heads} heads cannot share {D_MODEL} numbers a word: each would"
        f" get {svg.number(D_MODEL / heads)} of them, and numbers do not"
        " come in pieces. Heads must divide the width: 1, 2, 4 or 8.",
    )
    width = D_MODEL // heads
    words = len(WORDS)
    Q = (X @ W_Q).reshape(words, heads, width)
    K = (X @ W_K).reshape(words, heads, width)
    scores = np.einsum("ihw,jhw->hij", Q, K) / np.sqrt(width)
    weights = softmax(scores)
    projections = 4 * D_MODEL * D_MODEL
    # Scores and mixtures: each a product of matrices in every head.
    attending = 2 * heads * words * words * width
    return Heads(
        heads,
        width,
        scores,
        weights,
        tuple(_most(row) for row in weights[:, FOLLOWED]),
        projections,
        words * projections + attending,
        weights.size,
    )


def _most(row):
    """The words with (nearly) the largest weight, or none if all have it."""
    best = [
        w
        for w, share in zip(WORDS, row, strict=True)
        if share > 0.6 * row.max()
    ]
    return tuple(best) if len(best) < len(WORDS) else ()


# Number of heads → how many maps in a row, width and height of a cell,
# decimals.
_LAYOUT = {
    1: (1, 58, 40, 2),
    2: (2, 58, 40, 2),
    4: (2, 58, 19, 2),
    8: (4, 26, 19, 1),
}
# Room for the largest layout.
_SIZE = (800, 380)


def draw(arrays: Heads) -> str:
    maps = svg.sized(_maps(arrays), *_SIZE)
    return svg.figure(
        "multi_head", summary(arrays), svg.column(maps, *_words(arrays))
    )


def _maps(arrays):
    across, *cell = _LAYOUT[arrays.num_heads]
    maps = [_map(arrays, h, *cell) for h in range(arrays.num_heads)]
    rows = [
        svg.row(*maps[i : i + across], gap=16)
        for i in range(0, len(maps), across)
    ]
    return svg.column(*rows, gap=14)


def _map(arrays, h, wide, high, decimals):
    favourites = ", ".join(arrays.favourites[h]) or "all alike"
    return svg.heat_map(
        arrays.weights[h],
        f"head{h}",
        WORDS,
        WORDS,
        f"head {h + 1}",
        f"it → {favourites}",
        decimals=decimals,
        limits=(0, 1),
        cell=(wide, high),
        sums=sums.of_weights(arrays.scores[h], decimals),
    )


def _words(arrays):
    shown = svg.Shown
    plural = "s" if arrays.num_heads > 1 else ""
    yield svg.caption(
        shown("num_heads", arrays.num_heads, 0),
        f" head{plural}, each ",
        shown("width", arrays.width, 0),
        f" of {D_MODEL} numbers wide   ·   numbers to learn: ",
        shown("parameters", arrays.parameters, 0),
    )
    yield svg.caption(
        "multiplications: ",
        shown("products", arrays.products, 0),
        "   ·   weights, each from a softmax: ",
        shown("numbers", arrays.numbers, 0),
    )


def summary(arrays: Heads) -> str:
    looks = "; ".join(
        f"head {h + 1}: {', '.join(words) or 'all alike'}"
        for h, words in enumerate(arrays.favourites)
    )
    return (
        f"{svg.plural(arrays.num_heads, 'head')}, {arrays.width} of {D_MODEL}"
        f" numbers wide. In “{' '.join(WORDS)}”, the word “it” looks most at"
        f" {looks}.\n{arrays.parameters} numbers to learn and"
        f" {arrays.products} multiplications, as with any number of heads."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its slider."""
    controls = {"heads": whole_slider("heads", 4, 1, D_MODEL)}
    return Panel("multi_head", controls, compute, draw, summary)
