"""Three words' vectors against their scores, weights and outputs."""

from typing import NamedTuple

import ipywidgets
import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.controls import choice, slider
from byhand.sliders.maths import softmax
from byhand.sliders.panel import Panel

WORDS = ("The", "Cat", "Sat")
VECTORS = np.array(
    [[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
)


class Attention(NamedTuple):
    """A row a word. W_q = W_k = W_v = I, so Q, K and V are the vectors."""

    vectors: np.ndarray  # (3, 4)
    divisor: float
    scores: np.ndarray  # (3, 3): QKᵀ
    scaled: np.ndarray  # (3, 3): scores ÷ divisor
    weights: np.ndarray  # (3, 3): every row sums to 1
    output: np.ndarray  # (3, 4): weights × V


def compute(vectors=VECTORS, divisor=2.0) -> Attention:
    """Self-attention of three words with four components each.

    Raises ValueError unless the vectors are (3, 4) finite numbers and the
    divisor is finite and above 0.
    """
    vectors = np.array(vectors, dtype=float)
    require.that(
        vectors.shape == VECTORS.shape,
        f"expected vectors of shape (3, 4), but got {vectors.shape}",
    )
    require.that(
        np.isfinite(vectors).all(), "every component must be a finite number"
    )
    require.positive("the divisor", divisor)
    scores = vectors @ vectors.T
    scaled = scores / divisor
    weights = softmax(scaled)
    return Attention(
        vectors, float(divisor), scores, scaled, weights, weights @ vectors
    )


def draw(arrays: Attention) -> str:
    components = [str(k) for k in range(arrays.vectors.shape[1])]
    # Colours keep their meaning while a number moves, unless it goes far.
    reach = max(4.0, float(np.abs(arrays.scores).max()))
    vectors = svg.heat_map(
        arrays.vectors,
        "vectors",
        WORDS,
        components,
        "vectors",
        "Q = K = V",
        scale="diverging",
        limits=(-2, 2),
    )
    scores = svg.heat_map(
        arrays.scores,
        "scores",
        WORDS,
        WORDS,
        "scores",
        "QKᵀ",
        scale="diverging",
        limits=(-reach, reach),
        sums=sums.of_products(arrays.vectors, arrays.vectors),
    )
    weights = svg.heat_map(
        arrays.weights,
        "weights",
        WORDS,
        WORDS,
        "weights",
        f"softmax(scores ÷ {svg.number(arrays.divisor)})",
        decimals=4,
        limits=(0, 1),
        cell=(50, 34),
        sums=sums.of_weights(arrays.scaled, 4),
    )
    output = svg.heat_map(
        arrays.output,
        "output",
        WORDS,
        components,
        "output",
        "weights × V",
        decimals=4,
        scale="diverging",
        limits=(-2, 2),
        cell=(50, 34),
        sums=sums.of_products(arrays.weights, arrays.vectors.T, 4),
    )
    block = svg.row(vectors, scores, weights, output, gap=20)
    return svg.figure("attention", summary(arrays), block)


def summary(arrays: Attention) -> str:
    sentences = []
    for word, row in zip(WORDS, arrays.weights, strict=True):
        looks = ", ".join(
            f"{other} {svg.number(weight, 4)}"
            for other, weight in zip(WORDS, row, strict=True)
        )
        sentences.append(f"{word} attends to {looks}.")
    return f"Scores ÷ {svg.number(arrays.divisor)}: {' '.join(sentences)}"


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def from_sliders(divisor, **components) -> Attention:
    """`compute`, with the components by name: The0, The1, …, Sat3."""
    vectors = [[components[f"{word}{k}"] for k in range(4)] for word in WORDS]
    return compute(vectors, divisor)


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        f"{word}{k}": slider(f"{word}[{k}]", VECTORS[i, k], -2.0, 2.0, 0.25)
        for i, word in enumerate(WORDS)
        for k in range(4)
    }
    controls["divisor"] = slider("divide scores by", 2.0, 0.5, 4.0, 0.25)
    return Panel(
        "attention", controls, from_sliders, draw, summary, _one_word_at_a_time
    )


def _one_word_at_a_time(sliders):
    """Twelve sliders are too many to see: a button for each word's four.

    The browser changes words by itself, so the picture has no part in it.
    """
    *components, divisor = sliders
    word = choice("vector of", WORDS[0], WORDS, width=70)
    stack = ipywidgets.Stack(
        [ipywidgets.VBox(components[k : k + 4]) for k in (0, 4, 8)],
        selected_index=0,
    )
    ipywidgets.jslink((word, "index"), (stack, "selected_index"))
    return ipywidgets.VBox([word, stack, divisor])
