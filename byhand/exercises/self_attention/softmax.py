"""The exercise `self_attention.softmax`."""

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.attention import shares, unstable_softmax
from ..pieces.inputs import readable


def scores(rng, *shape):
    return {"z": readable(rng, *shape)}


EXERCISE = Exercise(
    id="self_attention.softmax",
    signature="softmax(z, axis=-1)",
    asks=(
        "Turn scores into weights: positive, adding up to 1 along `axis`, in "
        "proportion to $e^{z}$. `z` has any shape, and the result has the "
        "same. It must be finite for *any* finite scores, 1000 and −1000 "
        "too."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=10,
    reference=lambda z, axis=-1: shares(z, axis=axis),
    cases=(
        Case("three scores", lambda rng: scores(rng, 3)),
        Case("two rows", lambda rng: scores(rng, 2, 3)),
        Case(
            "down the columns",
            lambda rng: {"z": readable(rng, 3, 2), "axis": 0},
        ),
        Case("a stack of matrices", lambda rng: scores(rng, 2, 2, 3)),
        Case(
            "scores near 1000",
            lambda rng: {"z": 1000 + readable(rng, 3)},
        ),
        Case(
            "scores near −1000",
            lambda rng: {"z": readable(rng, 3) - 1000},
        ),
        Case(
            "one row near 0, one near 2000",
            lambda rng: {
                "z": readable(rng, 2, 3) + np.array([[0.0], [2000.0]])
            },
        ),
        Case(
            "down the columns, one far below the other",
            lambda rng: {
                "z": readable(rng, 3, 2) + np.array([2000.0, 0.0]),
                "axis": 0,
            },
        ),
        Case(
            "thousands apart within a row",
            lambda rng: {
                "z": readable(rng, 2, 4)
                + rng.permuted(np.tile([-3e3, 0, 0, 4e3], (2, 1)), axis=1)
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "overflows",
            "the formula is right, but e to the 1000 is larger than any "
            "float64, and e to the −1000 is 0. Softmax stays the same when "
            "you subtract one number from all scores. Which number makes the "
            "largest exponent 0?",
            unstable_softmax,
        ),
        Misconception(
            "one maximum for everything",
            "you subtract the largest score of the *whole* array. A row far "
            "below it then underflows to 0/0. Each row needs its own "
            "maximum, along the same axis as the sum.",
            lambda z, axis=-1: unstable_softmax(z - np.max(z), axis),
        ),
        Misconception(
            "mean subtracted",
            "you subtract the *mean* of the scores. A score far above the "
            "mean still overflows. Subtract each row's maximum: then the "
            "largest exponent is 0.",
            lambda z, axis=-1: unstable_softmax(
                z - np.mean(z, axis=axis, keepdims=True), axis
            ),
        ),
        Misconception(
            "axis ignored",
            "you add up along the last axis whatever `axis` says.",
            lambda z, axis=-1: special.shares(z, axis=-1),
        ),
        Misconception(
            "over the whole array",
            "all entries together add up to 1. Each row should. The sum in "
            "the denominator needs an axis.",
            lambda z, axis=-1: special.shares(z),
        ),
        Misconception(
            "first axis by default",
            "the columns add up to 1, and the rows should: the default is "
            "the last axis.",
            lambda z, axis=0: special.shares(z, axis=axis),
        ),
        Misconception(
            "not normalised",
            "these are positive but do not add up to 1: the division by "
            "their sum is missing.",
            lambda z, axis=-1: np.exp(z - np.max(z, axis=axis, keepdims=True)),
        ),
        Misconception(
            "no exponential",
            "you divided the scores themselves by their sum. Negative scores "
            "then give negative weights. The exponential comes first.",
            lambda z, axis=-1: z / np.sum(z, axis=axis, keepdims=True),
        ),
        Misconception(
            "smallest wins",
            "the *smallest* score has the largest weight: there is a minus "
            "in the exponent.",
            lambda z, axis=-1: special.shares(-z, axis=axis),
        ),
        Misconception(
            "clipped",
            "you cut large scores off, and with that the differences between "
            "them. Subtracting the same number from all keeps them.",
            lambda z, axis=-1: special.shares(
                np.clip(z, -700, 700), axis=axis
            ),
        ),
        Misconception(
            "sum without its axis",
            "each row's sum lost its axis and no longer lines up with the "
            "rows. `keepdims=True` leaves an axis of length 1 in its place.",
            lambda z, axis=-1: (
                np.exp(z - np.max(z, axis=axis, keepdims=True))
                / np.exp(z - np.max(z, axis=axis, keepdims=True)).sum(
                    axis=axis
                )
            ),
        ),
        Misconception(
            "powers of two",
            "the ratios are powers of 2. Softmax uses powers of e.",
            lambda z, axis=-1: special.shares(z * np.log(2), axis=axis),
        ),
        Misconception(
            "log softmax",
            "these are the logarithms of the weights: the last exponential "
            "is missing.",
            lambda z, axis=-1: special.log_shares(z, axis=axis),
        ),
        Misconception(
            "smallest subtracted",
            "you subtract the *smallest* score, so that the exponents grow "
            "and overflow. Subtract the largest: then none is above 0.",
            lambda z, axis=-1: unstable_softmax(
                z - np.min(z, axis=axis, keepdims=True), axis
            ),
        ),
        Misconception(
            "divided by the length",
            "the *squares* of your weights add up to 1: you divided by the "
            "root of the sum of squares. Divide by the sum.",
            lambda z, axis=-1: np.sqrt(special.shares(2 * z, axis=axis)),
        ),
    ),
    not_by=("softmax", "log_softmax"),
    hints=(
        "What happens to e^a / (e^a + e^b) when you subtract 5 from both a "
        "and b?",
        "Subtract each row's own maximum before the exponential: the largest "
        "exponent is then 0, and nothing can overflow. `keepdims=True` keeps "
        "an axis of length 1 for broadcasting.",
        "m = maximum of z along axis, axis kept; e = exp(z − m); result = e "
        "divided by the sum of e along axis, axis kept.",
    ),
    returns=("weights",),
    facts=(
        Fact("every weight is at least 0", lambda w: bool((w >= 0).all())),
    ),
)
