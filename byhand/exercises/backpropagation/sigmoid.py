"""The exercise `backpropagation.sigmoid`."""

import math

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.inputs import readable

squash = special.squashed


def far_out(rng):
    """Beyond where e to the x is a float64, to both sides, and 0 itself.

    One far below 0 comes first, where a whole 0 is a right number but for its
    type, which `np.vectorize` takes for all.
    """
    far = rng.integers(750, 1001, size=2).astype(float)
    return {"x": np.array([-far[1], far[0], 0.0, 1.5, -7.0, 12.0])}


def whole_far_out(rng):
    """The other side first, and odd ones, whose halves are fractions."""
    return {"x": np.array([rng.integers(750, 1001), 0, -1, 3, -7])}


def one_by_one(x):
    return np.vectorize(lambda one: 1 / (1 + math.exp(-one)))(x)


def shares(x):
    return special.shares(np.asarray(x, dtype=float))


EXERCISE = Exercise(
    id="backpropagation.sigmoid",
    signature="sigmoid(x)",
    asks=(
        "The sigmoid of every number in `x`: $\\sigma(x) = 1 / (1 + "
        "e^{-x})$. `x` is an array of any shape, or a single number, and the "
        "result has the same shape. It must be right for every $x$ from "
        "−1000 to 1000."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=3,
    reference=squash,
    cases=(
        Case("one number", lambda rng: {"x": float(readable(rng))}),
        Case("three numbers", lambda rng: {"x": readable(rng, 3)}),
        Case("two rows", lambda rng: {"x": readable(rng, 2, 3)}),
        Case("a stack", lambda rng: {"x": readable(rng, 2, 1, 2)}),
        Case("0, and numbers far out", far_out),
        Case("whole numbers", whole_far_out),
    ),
    misconceptions=(
        Misconception(
            "infinity over infinity",
            "e to a large x is infinite. You then divide infinity by "
            "infinity, which gives NaN. Put the exponential in the "
            "denominator only, with −x.",
            lambda x: np.exp(x) / (1 + np.exp(x)),
        ),
        Misconception(
            "an overflow that raises",
            "`math.exp` refuses an exponent as large as 1000. NumPy's gives "
            "infinity there, and 1 over infinity is the right 0.",
            one_by_one,
        ),
        Misconception(
            "sign of x",
            "your curve falls from 1 to 0. The exponent has the wrong sign: "
            "it is −x.",
            lambda x: squash(-np.asarray(x)),
        ),
        Misconception(
            "brackets",
            "you divided 1 by 1 and added the exponential. The whole sum "
            "belongs in the denominator.",
            lambda x: 1 / 1 + np.exp(-np.asarray(x)),
        ),
        Misconception(
            "minus in the denominator",
            "you subtracted the exponential from 1. Add it.",
            lambda x: 1 / (1 - np.exp(-np.asarray(x))),
        ),
        Misconception(
            "the 1 is missing",
            "the 1 in the denominator is missing, so the result has no upper "
            "bound.",
            lambda x: np.exp(np.asarray(x)),
        ),
        Misconception(
            "tanh",
            "this is tanh, from −1 to 1. The sigmoid goes from 0 to 1.",
            np.tanh,
        ),
        Misconception(
            "absolute value",
            "you lost the sign of x: numbers below 0 should give less than ½.",
            lambda x: squash(np.abs(x)),
        ),
        Misconception(
            "twice minus 1",
            "you stretched the sigmoid to go from −1 to 1, which is "
            "tanh(x/2). It should go from 0 to 1.",
            lambda x: 2 * squash(x) - 1,
        ),
        Misconception(
            "tanh of the whole x",
            "you shifted and halved tanh(x). That is twice as steep: the "
            "sigmoid needs tanh(x/2).",
            lambda x: (1 + np.tanh(x)) / 2,
        ),
        Misconception(
            "its slope",
            "this is the slope of the sigmoid, σ(1 − σ). Return σ itself.",
            lambda x: squash(x) * squash(-np.asarray(x)),
        ),
        Misconception(
            "its logarithm",
            "this is the logarithm of the sigmoid. Return the sigmoid itself.",
            lambda x: -np.logaddexp(0, -np.asarray(x)),
        ),
        Misconception(
            "clipped input",
            "you cut x off at 6. Beyond that the curve still rises: σ(6) is "
            "only 0.9975.",
            lambda x: squash(np.clip(x, -6, 6)),
        ),
        Misconception(
            "a straight line",
            "you drew three straight pieces: 0, a line with slope 0.2, and "
            "1. The sigmoid is a smooth curve.",
            lambda x: np.clip(0.2 * np.asarray(x) + 0.5, 0, 1),
        ),
        Misconception(
            "a straight line over six",
            "this is the hard sigmoid, which replaces the curve by a line "
            "from −3 to 3. The sigmoid is smooth.",
            lambda x: np.clip(np.asarray(x) / 6 + 0.5, 0, 1),
        ),
        Misconception(
            "rounded",
            "you return only 0 and 1, a step. The sigmoid has every value "
            "between.",
            lambda x: np.round(squash(x)),
        ),
        Misconception(
            "softmax",
            "your numbers add up to 1: this is softmax. The sigmoid looks at "
            "each number alone.",
            shares,
        ),
        Misconception(
            "no exponential",
            "you used |x| where the exponential belongs. That curve also "
            "flattens, but much more slowly.",
            lambda x: (1 + x / (1 + np.abs(x))) / 2,
        ),
        Misconception(
            "cut off",
            "you cut x off at ±5 before the exponential, so that all beyond "
            "gives the same number. Make it right there too.",
            lambda x: special.squashed(np.clip(x, -5, 5)),
        ),
        Misconception(
            "integer result",
            "you stored the results in an array of integers, which cuts off "
            "the decimals. Make it an array of floats.",
            lambda x: squash(x).astype(np.asarray(x).dtype),
        ),
    ),
    not_by=("expit", "logistic", "sigmoid"),
    hints=(
        "Where does e to the −x go when x is very large? And when x is far "
        "below 0?",
        "`np.exp` takes a whole array. It gives infinity for e to the 1000, "
        "with a warning, and 1 over infinity is 0: that is right.",
        "result = 1 divided by (1 plus e to the minus x). To avoid the "
        "warning: one half of (1 plus tanh of x/2).",
    ),
    returns=("result",),
    facts=(
        Fact(
            "every number lies between 0 and 1",
            lambda s: bool(((s >= 0) & (s <= 1)).all()),
        ),
    ),
)
