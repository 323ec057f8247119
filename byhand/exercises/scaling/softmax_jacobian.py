"""The exercise `scaling.softmax_jacobian`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.attention import shares, unstable_softmax
from ..pieces.inputs import readable
from ..pieces.seams import but


def jacobian(z):
    """Row i: how weight i moves with each score, by complex steps.

    A step of ih in one score moves the weights by ih times their slopes, and
    nothing is subtracted: with h this small the slopes are exact to rounding.
    """
    h = 1e-20
    with np.errstate(over="ignore"):  # too far below is −∞, and its power 0
        below = z - np.max(z)
    powers = np.exp(below + 1j * h * np.eye(len(z)))  # a row a score moved
    return (powers / powers.sum(axis=-1, keepdims=True)).imag.T / h


def of_pairs(p):
    return np.outer(p, p)


def table(z, *, weigh=shares, diagonal=np.diag, products=of_pairs):
    """By the formula of the exercise.

    products: what is taken away, made of the weights.
    """
    p = weigh(z)
    return diagonal(p) - products(p)


def equal_scores(rng):
    return {"z": np.repeat(readable(rng), 2)}


EXERCISE = Exercise(
    id="scaling.softmax_jacobian",
    signature="softmax_jacobian(z) -> (n, n)",
    asks=(
        "How does every weight move when one score moves? `z` is `(n,)`, "
        "the scores of one query, and $p$ is their softmax. Return the "
        "`(n, n)` table of all slopes: row *i*, column *j* is how fast "
        "weight *i* grows with score *j*, $p_i - p_i p_i$ on the diagonal "
        "and $-p_i p_j$ everywhere else. It must be finite for any finite "
        "scores."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=10,
    reference=jacobian,
    cases=(
        Case("two equal scores", equal_scores),
        Case("three scores", lambda rng: {"z": readable(rng, 3)}),
        Case("four scores", lambda rng: {"z": readable(rng, 4)}),
        Case("scores near 1000", lambda rng: {"z": 1000 + readable(rng, 3)}),
        Case(
            "one score far above the others",
            lambda rng: {"z": readable(rng, 4) + np.array([0, 0, 2000, 0])},
        ),
    ),
    misconceptions=(
        Misconception(
            "diagonal only",
            "off the diagonal there are zeros. But raising one score takes "
            "weight away from *all* the others, since they share a whole.",
            lambda z: np.diag(np.diag(jacobian(z))),
        ),
        Misconception(
            "products missing",
            "you have only the weights on the diagonal. Subtract the product "
            "of every two weights.",
            lambda z: np.diag(shares(z)),
        ),
        Misconception(
            "diagonal missing",
            "you have only the products. Add each weight itself on the "
            "diagonal.",
            but(table, diagonal=lambda p: 0),
        ),
        Misconception(
            "sign of the products",
            "the products are added where they should be taken away: when "
            "one word's score rises, the *other* words lose weight.",
            but(table, products=lambda p: -of_pairs(p)),
        ),
        Misconception(
            "sign off the diagonal",
            "the diagonal is right. Beside it a minus is missing. When one "
            "word's score rises, the *other* words lose weight.",
            lambda z: np.abs(jacobian(z)),
        ),
        Misconception(
            "turned round",
            "every sign is flipped. A word whose own score rises gets more "
            "weight, not less.",
            lambda z: -jacobian(z),
        ),
        Misconception(
            "squares for products",
            "you took away each column's own weight squared, in every row. "
            "In row i, column j stands the product of the two *different* "
            "weights i and j.",
            but(table, products=np.square),
        ),
        Misconception(
            "one number for the products",
            "you took the same number away everywhere: the dot product of "
            "the weights with themselves. What is needed is a table with "
            "the product of every pair.",
            but(table, products=lambda p: p @ p),
        ),
        Misconception(
            "scores taken for weights",
            "you put the scores themselves into the formula. It is about the "
            "weights: take the softmax first.",
            but(table, weigh=lambda z: z),
        ),
        Misconception(
            "a vector of slopes",
            "this is only how each weight moves with its *own* score, one "
            "number a word. The table also says how it moves with all other "
            "scores.",
            lambda z: np.diag(jacobian(z)),
        ),
        Misconception(
            "of the logarithm",
            "these are the slopes of the *logarithm* of the softmax. A row "
            "is missing the factor of its own weight.",
            lambda z: np.eye(len(z)) - shares(z),
        ),
        Misconception(
            "of the exponential",
            "these are the slopes of e to the score alone. The division by "
            "the sum moves too when a score moves.",
            lambda z: np.diag(np.exp(z)),
        ),
        Misconception(
            "overflows",
            "e to the 1000 is larger than any float64. Use a softmax that "
            "takes the largest score away first.",
            but(table, weigh=unstable_softmax),
        ),
        Misconception(
            "ones on the diagonal",
            "the diagonal begins with 1. It should begin with the weight "
            "itself: p_i, then minus p_i p_i.",
            but(table, diagonal=lambda p: np.eye(len(p))),
        ),
    ),
    hints=(
        "Two words share the attention half and half, p = (0.5, 0.5). What "
        "are the four slopes? And what does each row add up to?",
        "Two tables of shape (n, n): one with the weights on its diagonal "
        "and zeros elsewhere, one with the product of every pair of "
        "weights. NumPy has a function for each.",
        "p = softmax of z; table[i][j] = (p[i] if i equals j, else 0) "
        "− p[i] × p[j].",
    ),
    returns=("jacobian",),
    facts=(
        Fact(
            "every row adds up to 0, since all weights together stay 1",
            lambda J: bool(np.allclose(J.sum(axis=-1), 0)),
        ),
        Fact("the table is symmetric", lambda J: bool(np.allclose(J, J.T))),
    ),
)
