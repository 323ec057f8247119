"""The exercise `masking.padding_mask`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

ON_THE_LEFT = np.array([[1, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]])


def sentences(rng, pad_id, *lengths, n):
    """Ids from 1 to 9, never the pad's, filled up with it to length n."""
    ids = rng.choice(np.delete(np.arange(10), [0, pad_id]), (len(lengths), n))
    for row, length in zip(ids, lengths, strict=True):
        row[length:] = pad_id
    return {"ids": ids, "pad_id": pad_id}


def padded_on_the_left(rng):
    given = sentences(rng, 0, 5, 5, 5, n=5)
    given["ids"][ON_THE_LEFT == 1] = 0
    return given


def real(ids, pad_id):
    return np.not_equal(ids, pad_id)


EXERCISE = Exercise(
    id="masking.padding_mask",
    signature="padding_mask(ids, pad_id) -> (batch, n)",
    asks=(
        "Which tokens are real? `ids` is a `(batch, n)` array of integers, "
        "one sentence a row, filled up with `pad_id` to a common length. "
        "Return a boolean array of the same shape: `True` for a real token, "
        "which may be attended to, `False` for padding. The pad is not "
        "always 0, and not always at the end."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=3,
    reference=real,
    cases=(
        Case(
            "one sentence, one pad",
            lambda rng: sentences(rng, 0, 2, n=3),
        ),
        Case(
            "two sentences, one of them full",
            lambda rng: sentences(rng, 0, 4, 2, n=4),
        ),
        Case(
            "the pad is 5, between other ids",
            lambda rng: {
                "ids": np.array(
                    [[2, *rng.permutation([7, 3]), 5], [9, 1, 5, 5]]
                ),
                "pad_id": 5,
            },
        ),
        Case("padding on the left", padded_on_the_left),
    ),
    misconceptions=(
        Misconception(
            "turned round",
            "your mask is inverted. Here `True` says that a token may be "
            "attended to. So real tokens are `True` and pads `False`.",
            lambda ids, pad_id: ~real(ids, pad_id),
        ),
        Misconception(
            "pad_id ignored",
            "you compare with 0 whatever `pad_id` says.",
            lambda ids, pad_id: real(ids, 0),
        ),
        Misconception(
            "larger than the pad",
            "you call a token real if its id is *larger* than the pad's. "
            "Ids have no order that means anything: real is whatever is not "
            "the pad.",
            lambda ids, pad_id: np.greater(ids, pad_id),
        ),
        Misconception(
            "always at the end",
            "you count the real tokens and mark that many from the left. "
            "Padding may stand on the left as well.",
            lambda ids, pad_id: (
                np.arange(ids.shape[1])
                < real(ids, pad_id).sum(axis=1, keepdims=True)
            ),
        ),
        Misconception(
            "square already",
            "this is already a square for each sentence. Return one flag for "
            "each token. A later function makes the square.",
            lambda ids, pad_id: np.repeat(
                real(ids, pad_id)[:, None, :], ids.shape[1], axis=1
            ),
        ),
        Misconception(
            "already minus infinity",
            "these are numbers to add to scores, 0 and −∞. The mask itself is "
            "boolean. You will turn it into −∞ later.",
            lambda ids, pad_id: np.where(real(ids, pad_id), 0.0, -np.inf),
        ),
        Misconception(
            "lengths",
            "this is how many real tokens each sentence has. Return a flag "
            "for every token.",
            lambda ids, pad_id: real(ids, pad_id).sum(axis=1),
        ),
        Misconception(
            "first sentence only",
            "only the first sentence is looked at: the whole batch should "
            "be, one row each.",
            lambda ids, pad_id: real(ids, pad_id)[0],
        ),
        Misconception(
            "ids kept",
            "these are ids with the pads set to 0. A mask holds only `True` "
            "and `False`.",
            lambda ids, pad_id: np.where(real(ids, pad_id), ids, 0),
        ),
    ),
    hints=(
        "For the sentence 4, 5, 0 with pad 0: which three flags should come "
        "out, if `True` means that a token may be attended to?",
        "NumPy compares a whole array with a number at once, entry by entry.",
        "mask[b][i] is True if ids[b][i] is not equal to pad_id, else False.",
    ),
    returns=("mask",),
)
