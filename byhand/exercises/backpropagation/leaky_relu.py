"""The exercise `backpropagation.leaky_relu`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable


def bent(x, alpha):
    """The mean of two lines, and half of what lies between them."""
    x = np.asarray(x)
    return (1 + alpha) / 2 * x + (1 - alpha) / 2 * np.abs(x)


def below(x, left):
    """x where it is positive, and something else where it is not."""
    x = np.asarray(x)
    return np.where(x > 0, x, left)


def both_signs(rng, *shape):
    """Readable numbers with two of each sign at least."""
    while True:
        x = readable(rng, *shape)
        if min((x > 0).sum(), (x < 0).sum()) >= 2:
            return x


def a_slope(rng):
    return float(rng.choice([0.2, 0.3, 0.4]))


EXERCISE = Exercise(
    id="backpropagation.leaky_relu",
    signature="leaky_relu(x, alpha)",
    asks=(
        "ReLU with a leak. A positive number stays as it is, and a negative "
        "one is multiplied by `alpha` (α, with $0 \\le \\alpha < 1$). "
        "`x` is an array of any shape, or a single number, and the result "
        "has the same shape. With α = 0 it is ReLU."
    ),
    points=1,
    difficulty=1,
    importance=3,
    minutes=3,
    reference=bent,
    cases=(
        Case(
            "one negative number",
            lambda rng: {
                "x": -abs(float(readable(rng))) - 1,
                "alpha": a_slope(rng),
            },
        ),
        Case(
            "both signs",
            lambda rng: {"x": both_signs(rng, 5), "alpha": a_slope(rng)},
        ),
        Case(
            "0 stays 0",
            lambda rng: {"x": np.array([0.0, 1.3, -1.7]), "alpha": 0.5},
        ),
        Case(
            "two rows, hardly bent, some between 0 and α",
            lambda rng: {
                "x": np.vstack([both_signs(rng, 4), [0.5, 0.2, -0.6, 1.9]]),
                "alpha": 0.9,
            },
        ),
        Case(
            "no leak: ReLU",
            lambda rng: {"x": both_signs(rng, 6), "alpha": 0.0},
        ),
        Case(
            "a stack, and whole numbers",
            lambda rng: {
                # A positive one first, one above 6, and a row of none.
                "x": np.array([[[2, -3, 8]], [[-5, -1, -4]]]),
                "alpha": a_slope(rng),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "ReLU",
            "you set negative numbers to 0: this is ReLU. Multiply them by "
            "α instead.",
            lambda x, alpha: below(x, 0.0),
        ),
        Misconception(
            "always 0.01",
            "your slope on the left is always 0.01. Use the α that you are "
            "given.",
            lambda x, alpha: bent(x, 0.01),
        ),
        Misconception(
            "always 0.1",
            "your slope on the left is always 0.1. Use the α that you are "
            "given.",
            lambda x, alpha: bent(x, 0.1),
        ),
        Misconception(
            "the constant",
            "you put α itself in the place of each negative number. α is a "
            "slope: multiply by it.",
            lambda x, alpha: below(x, alpha),
        ),
        Misconception(
            "the larger of x and α",
            "you took the larger of x and α. Compare x with α times x.",
            np.maximum,
        ),
        Misconception(
            "sign lost",
            "your negative numbers became positive. α times a negative number "
            "stays negative.",
            lambda x, alpha: below(x, -alpha * np.asarray(x)),
        ),
        Misconception(
            "minimum",
            "you multiplied the positive numbers by α and kept the negative "
            "ones. It is the other way round.",
            lambda x, alpha: np.minimum(x, alpha * np.asarray(x)),
        ),
        Misconception(
            "α everywhere",
            "you multiplied every number by α. Positive ones stay as they "
            "are.",
            lambda x, alpha: alpha * np.asarray(x),
        ),
        Misconception(
            "ReLU of the product",
            "you scaled the positive numbers by α and lost the negative ones. "
            "The leak is on the negative side.",
            lambda x, alpha: alpha * below(x, 0.0),
        ),
        Misconception(
            "its slope",
            "these are the slopes, 1 and α. Return the values of the "
            "function.",
            lambda x, alpha: np.where(np.asarray(x) > 0, 1.0, alpha),
        ),
        Misconception(
            "ELU",
            "you bent the left side with an exponential: this is ELU. The "
            "leak is a straight line.",
            lambda x, alpha: below(x, alpha * np.expm1(x)),
        ),
        Misconception(
            "ReLU plus α",
            "you added α to ReLU. α is a slope, for negative numbers only: "
            "multiply by it.",
            lambda x, alpha: below(x, 0.0) + alpha,
        ),
        Misconception(
            "divided by α",
            "you divided the negative numbers by α. Multiply by it.",
            lambda x, alpha: below(x, np.asarray(x) / (alpha or 1.0)),
        ),
        Misconception(
            "bend at α",
            "you compared x with α. The bend is at 0: compare x with 0.",
            lambda x, alpha: np.where(
                np.asarray(x) > alpha, x, alpha * np.asarray(x)
            ),
        ),
        Misconception(
            "exponential",
            "you multiplied α by an exponential on the left. Multiply it by "
            "x.",
            lambda x, alpha: below(x, alpha * np.exp(x)),
        ),
        Misconception(
            "shifted",
            "you added α to the negative numbers. α is a slope: multiply by "
            "it.",
            lambda x, alpha: below(x, np.asarray(x) + alpha),
        ),
        Misconception(
            "complement",
            "your slope on the left is 1 − α. It should be α.",
            lambda x, alpha: bent(x, 1 - alpha),
        ),
        Misconception(
            "absolute value",
            "you took the absolute value, so α plays no part. Negative "
            "numbers stay negative.",
            lambda x, alpha: np.abs(x),
        ),
        Misconception(
            "nothing bent",
            "you returned x as it was. Multiply the negative numbers by α.",
            lambda x, alpha: np.asarray(x) * 1.0,
        ),
        Misconception(
            "leak everywhere",
            "you added α times x everywhere, so that positive numbers grow "
            "as well. Only negative ones are multiplied by α.",
            lambda x, alpha: np.maximum(x, 0) + alpha * np.asarray(x),
        ),
        Misconception(
            "integer result",
            "you stored the results in an array of integers, which cuts off "
            "the decimals. Make it an array of floats.",
            lambda x, alpha: bent(x, alpha).astype(np.asarray(x).dtype),
        ),
    ),
    not_by=("leaky_relu",),
    hints=(
        "With α = 0.1, which is larger for x = −2: x itself or α times x? "
        "And for x = 2?",
        "`np.where` chooses, entry by entry, between two arrays. Or take the "
        "larger of the two lines.",
        "result = x where x is above 0, otherwise α times x.",
    ),
    returns=("result",),
)
