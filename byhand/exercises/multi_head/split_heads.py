"""The exercise `multi_head.split_heads`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from .shared import (
    split_by_reshape,
    split_interleaved,
    split_not_moved,
    to_heads,
)


def split_the_sentence(x, num_heads):
    n, d = np.shape(x)[-2:]
    wanted = (*np.shape(x)[:-2], num_heads, n // num_heads, d)
    return np.reshape(x, wanted)


def split_and_drop(x, num_heads):
    width = np.shape(x)[-1] // num_heads
    starts = range(0, num_heads * width, width) if width else []
    pieces = [x[..., a : a + width] for a in starts]
    return np.stack(pieces, axis=-3) if pieces else np.zeros(0)


def to_split(num_heads, *shape):
    return lambda rng: {"x": readable(rng, *shape), "num_heads": num_heads}


EXERCISE = Exercise(
    id="multi_head.split_heads",
    signature="split_heads(x, num_heads)",
    asks=(
        "Cut every row into equal pieces, one for each head. `x` is "
        "`(…, n, d)`: `n` rows of `d` numbers, behind any number of further "
        "axes (none, or a batch). The result is `(…, num_heads, n, "
        "d / num_heads)`: head 0 gets the *first* `d / num_heads` numbers of "
        "every row, head 1 the next, and so on. Where `num_heads` does not "
        "divide `d`, raise a `ValueError` that says so."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=to_heads,
    cases=(
        Case("one token, two heads", to_split(2, 1, 4)),
        Case("three tokens, two heads", to_split(2, 3, 4)),
        Case("two tokens, two heads of three", to_split(2, 2, 6)),
        Case("one head", to_split(1, 3, 4)),
        Case("heads of a single number", to_split(3, 2, 3)),
        Case("a batch of two sentences", to_split(4, 2, 3, 8)),
        Case("two axes before the tokens", to_split(2, 2, 1, 3, 4)),
        Case(
            "3 heads for a width of 4",
            to_split(3, 2, 4),
            raises=ValueError,
        ),
        Case(
            "4 heads for a width of 6",
            to_split(4, 4, 6),
            raises=ValueError,
        ),
        Case(
            "more heads than numbers",
            to_split(6, 6, 3),
            raises=ValueError,
        ),
    ),
    misconceptions=(
        Misconception(
            "reshaped without moving the axis",
            "the shape is right and the numbers are in the wrong heads. A "
            "reshape only reads on from left to right, so that a head gets "
            "*whole words* first. Cut each row into pieces, and then move "
            "the axis of the heads in front of that of the tokens.",
            split_by_reshape,
        ),
        Misconception(
            "interleaved",
            "the numbers of a row were dealt out like cards, one to each "
            "head in turn. A head gets neighbours: the first piece of the "
            "row, or the second.",
            split_interleaved,
        ),
        Misconception(
            "heads behind the tokens",
            "the rows are cut correctly, but the heads still stand *behind* "
            "the tokens. Each head needs a matrix of its own, tokens by "
            "numbers, so the axis of the heads goes in front.",
            split_not_moved,
        ),
        Misconception(
            "axes counted from the front",
            "right for a single sentence, wrong for a batch. You count axes "
            "from the front, where a batch pushes them along. Counted from "
            "the back they stay where they are.",
            lambda x, num_heads: np.swapaxes(
                split_not_moved(x, num_heads), 0, 1
            ),
        ),
        Misconception(
            "axes as in a batch",
            "right for a batch of sentences, wrong for one sentence. You swap "
            "the axes of an array with exactly one axis in front. Count them "
            "from the back.",
            lambda x, num_heads: np.swapaxes(
                split_not_moved(x, num_heads), 1, 2
            ),
        ),
        Misconception(
            "heads in front of the batch",
            "right for a single sentence, wrong for a batch: the heads stand "
            "in front of the *sentences*. Every sentence keeps its heads "
            "together, so their axis goes just before the tokens.",
            lambda x, num_heads: np.moveaxis(
                split_not_moved(x, num_heads), -2, 0
            ),
        ),
        Misconception(
            "number and width swapped",
            "you made heads that are `num_heads` numbers wide. `num_heads` is "
            "how many heads there are. The width is a row's length divided by "
            "it.",
            lambda x, num_heads: to_heads(
                x, np.shape(x)[-1] // num_heads or 1
            ),
        ),
        Misconception(
            "sentence split",
            "you divided the *sentence* among the heads. Every head looks at "
            "every token. The heads share the width of the rows.",
            split_the_sentence,
        ),
        Misconception(
            "whole rows for every head",
            "every head got whole rows. Then h heads are h times the work. "
            "The heads should divide the numbers of a row among themselves.",
            lambda x, num_heads: np.repeat(
                np.expand_dims(x, -3), num_heads, axis=-3
            ),
        ),
        Misconception(
            "rest dropped",
            "if the heads do not divide the width, you round down. The "
            "numbers at the end of every row are lost without a word. Raise a "
            "`ValueError` instead.",
            split_and_drop,
        ),
        Misconception(
            "head transposed",
            "you transposed each head. Its rows should belong to tokens and "
            "its columns to numbers.",
            lambda x, num_heads: np.swapaxes(
                to_heads(x, num_heads)
                if np.shape(x)[-1] % num_heads == 0
                else np.asarray(x),
                -1,
                -2,
            ),
        ),
    ),
    hints=(
        "A row has 6 numbers, and there are 2 heads. Which numbers go to "
        "head 0? And which to head 0 from the *second* row?",
        "Two steps: first give the last axis two, heads and width, which is "
        "a reshape that leaves the tokens alone. Then swap the axis of the "
        "heads with that of the tokens. Negative axis numbers count from the "
        "back.",
        "if d is not a multiple of num_heads: raise ValueError. Reshape "
        "(…, n, d) to (…, n, num_heads, d / num_heads); swap the axes −3 and "
        "−2.",
    ),
    returns=("heads",),
)
