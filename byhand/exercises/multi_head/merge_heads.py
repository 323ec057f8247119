"""The exercise `multi_head.merge_heads`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from .shared import merge_by_reshape, merge_interleaved, side_by_side


def merge_from_the_front(x):
    h, n, width = np.shape(x)[-3:]
    wanted = (*np.shape(x)[:-3], n, h * width)
    return np.reshape(np.swapaxes(x, 0, 1), wanted)


def merge_as_in_a_batch(x):
    h, n, width = np.shape(x)[-3:]
    wanted = (*np.shape(x)[:-3], n, h * width)
    return np.reshape(np.swapaxes(x, 1, 2), wanted)


def merge_along_tokens(x):
    h, n, width = np.shape(x)[-3:]
    return np.reshape(x, (*np.shape(x)[:-3], h * n, width))


def to_merge(*shape):
    return lambda rng: {"x": readable(rng, *shape)}


EXERCISE = Exercise(
    id="multi_head.merge_heads",
    signature="merge_heads(x)",
    asks=(
        "The way back: put the pieces of every token side by side again. `x` "
        "is `(…, h, n, w)`: `h` heads, `n` tokens, `w` numbers for each. "
        "The result is `(…, n, h · w)`: in every row the numbers of head 0 "
        "come first, then those of head 1, and so on. Merging what "
        "`split_heads` has split gives back the original."
    ),
    points=1,
    difficulty=2,
    importance=5,
    minutes=5,
    reference=side_by_side,
    cases=(
        Case("two heads, one token", to_merge(2, 1, 3)),
        Case("two heads, three tokens", to_merge(2, 3, 2)),
        Case("three heads, two tokens", to_merge(3, 2, 4)),
        Case("one head", to_merge(1, 3, 2)),
        Case("a batch of two sentences", to_merge(2, 4, 3, 2)),
        Case("two axes before the heads", to_merge(3, 1, 2, 4, 2)),
    ),
    misconceptions=(
        Misconception(
            "reshaped without moving the axis",
            "the shape is right, but a row now holds several *tokens* of one "
            "head. The axis of the heads has to go back behind the tokens "
            "before the last two axes become one.",
            merge_by_reshape,
        ),
        Misconception(
            "interleaved",
            "the heads are shuffled into each other like cards: the first "
            "number of each, then the second of each. All of head 0 comes "
            "first, then all of head 1.",
            merge_interleaved,
        ),
        Misconception(
            "averaged",
            "you took the mean over the heads. That blurs what each has found "
            "out. Put them *side by side*.",
            lambda x: np.mean(x, axis=-3),
        ),
        Misconception(
            "added up",
            "you added the heads up. They are put side by side, so that "
            "nothing is lost.",
            lambda x: np.sum(x, axis=-3),
        ),
        Misconception(
            "not merged yet",
            "the axis of the heads is where it should be, but there is still "
            "one axis too many. Make heads and width one axis.",
            lambda x: np.moveaxis(x, -3, -2),
        ),
        Misconception(
            "along the tokens",
            "you put the heads one *under* another: there are more rows than "
            "tokens now. They belong side by side.",
            merge_along_tokens,
        ),
        Misconception(
            "axes counted from the front",
            "right for a single sentence, wrong for a batch. Count the axes "
            "from the back, where heads, tokens and width always are.",
            merge_from_the_front,
        ),
        Misconception(
            "axes as in a batch",
            "right for a batch of sentences, wrong for one sentence: you "
            "count on exactly one axis in front. Count from the back.",
            merge_as_in_a_batch,
        ),
        Misconception(
            "last head first",
            "the heads come in the wrong order: head 0 is the leftmost.",
            lambda x: side_by_side(np.flip(x, -3)),
        ),
        Misconception(
            "one head only",
            "only the first head is left.",
            lambda x: np.take(x, 0, axis=-3),
        ),
    ),
    hints=(
        "You have cut, and you have moved an axis. To undo two steps, in "
        "which order do you undo them?",
        "First swap the axes of heads and tokens back. Then a reshape makes "
        "one axis of the last two.",
        "Swap the axes −3 and −2, which gives (…, n, h, w); reshape to "
        "(…, n, h times w).",
    ),
    returns=("merged",),
)
