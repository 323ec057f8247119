"""What each head of a trained GPT looks at, in a sentence that is typed.

The model, of two layers with four heads each, learned from our stories
(byhand/text/reader.py), and knows no other words than theirs.
"""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.controls import choice, line
from byhand.sliders.maths import softmax
from byhand.sliders.panel import Panel
from byhand.text import reader

SENTENCE = "Lily had a very small drum. She washed the very small"
EXAMPLES = (
    SENTENCE,
    "Tom had a red ball. He hid the red ball every day.",
    "One day Mia met a duck.",
)
MOST = 14  # words and signs that fit into the picture
LIKELIEST = 3  # words that may come next


class Looks(NamedTuple):
    """One head: row i looks, column j is looked at, the start is the first.

    tokens: n, as they were typed. scores: (n, n), −∞ where j comes later.
    weights: (n, n). next: the likeliest words to come, with probabilities.
    """

    tokens: tuple[str, ...]
    layer: int
    head: int
    scores: np.ndarray
    weights: np.ndarray
    next: dict[str, float]


def compute(sentence=SENTENCE, layer=1, head=3) -> Looks:
    """Raises ValueError for a sentence that is empty, too long, or has words
    that no story has; for a layer or head that there is not.
    """
    require.whole("the layer", layer, 1, reader.LAYERS)
    require.whole("the head", head, 1, reader.HEADS)
    tokens = reader.tokens_of(sentence)
    require.that(tokens, "Type a sentence: there is no word in it yet.")
    ids = reader.ids_of(sentence)
    require.that(
        len(tokens) <= MOST,
        f"At most {MOST} words and signs fit into the picture, and these are"
        f" {len(tokens)}. Leave some out at the end.",
    )
    reading = reader.read(ids)
    return Looks(
        (reader.START, *tokens),
        int(layer),
        int(head),
        reading.scores[layer - 1, head - 1],
        reading.shares[layer - 1, head - 1],
        likeliest(reading.logits[-1]),
    )


def likeliest(logits: np.ndarray) -> dict[str, float]:
    """The words that come next, the likeliest first."""
    chances = softmax(logits)
    best = np.argsort(-chances, kind="stable")[:LIKELIEST]
    return {reader.words()[k]: float(chances[k]) for k in best}


# Room for the longest sentence.
_CELL = (38, 24)
_SIZE = (72 + 38 * (MOST + 1), 90 + 24 * (MOST + 1) + 30)


def draw(arrays: Looks) -> str:
    weights = svg.heat_map(
        arrays.weights,
        "weights",
        arrays.tokens,
        arrays.tokens,
        f"layer {arrays.layer}, head {arrays.head}: weights",
        "row looks at column; what comes later is masked",
        limits=(0, 1),
        left_out=np.isinf(arrays.scores),
        cell=_CELL,
        sums=sums.of_weights(arrays.scores),
    )
    parts = [
        part
        for k, (word, chance) in enumerate(arrays.next.items())
        for part in (
            "   ·   " if k else "",
            svg.Shown(f"next{k}", f"“{word}” "),
            svg.Shown(f"chance{k}", chance),
        )
    ]
    coming = svg.caption("likely to come next: ", *parts)
    block = svg.column(coming, weights, gap=14)
    block = svg.sized(block, *_SIZE)
    return svg.figure("trained_heads", summary(arrays), block)


def summary(arrays: Looks) -> str:
    looks = ", ".join(
        f"{token} at {arrays.tokens[row.argmax()]} {svg.number(row.max())}"
        for token, row in zip(arrays.tokens, arrays.weights, strict=True)
    )
    likely = ", ".join(
        f"“{word}” {svg.number(chance)}"
        for word, chance in arrays.next.items()
    )
    return (
        f"Layer {arrays.layer}, head {arrays.head} looks most, {looks}.\n"
        f"Likely to come next: {likely}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with a line for the sentence, and its controls."""
    controls = {
        "sentence": line("sentence", SENTENCE, EXAMPLES),
        "layer": choice("layer", 1, range(1, reader.LAYERS + 1), width=60),
        "head": choice("head", 3, range(1, reader.HEADS + 1), width=60),
    }
    return Panel("trained_heads", controls, compute, draw, summary)
