"""The exercise `scaling.attention_entropy`."""

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Fact, Misconception


def in_tenths(rng, *shape):
    """Weights above 0, in tenths, in rows that add up to 1."""
    *rows, m = shape
    parts = 1 + rng.multinomial(10 - m, np.full(m, 1 / m), size=rows)
    return parts / 10


def with_zeros(rng, n, m):
    """As `in_tenths`, but at least one weight in every row is 0."""
    weights = np.zeros((n, m))
    weights[:, 1:] = in_tenths(rng, n, m - 1)
    return rng.permuted(weights, axis=1)


def all_on_one(rng, n, m):
    return np.eye(m)[rng.integers(m, size=n)]


def right_entropy(weights, axis=-1):
    return special.entropy_terms(weights).sum(axis=axis)


EXERCISE = Exercise(
    id="scaling.attention_entropy",
    signature="attention_entropy(weights)",
    asks=(
        "How evenly does each query share itself out? Return the entropy of "
        "every row, $H = -\\sum_j w_j \\ln w_j$, with the natural logarithm "
        "(in *nats*). `weights` is `(…, n, m)`, one query a row, each row "
        "adding up to 1; the result is `(…, n)`, one number a query. A "
        "weight of 0 adds 0."
    ),
    points=2,
    difficulty=2,
    importance=3,
    minutes=10,
    reference=right_entropy,
    cases=(
        Case(
            "one query, two weights",
            lambda rng: {"weights": in_tenths(rng, 1, 2)},
        ),
        Case(
            "two queries, three weights",
            lambda rng: {"weights": in_tenths(rng, 2, 3)},
        ),
        Case(
            "all on one key",
            lambda rng: {"weights": all_on_one(rng, 1, 3)},
        ),
        Case(
            "three queries, some weights are 0",
            lambda rng: {"weights": with_zeros(rng, 3, 5)},
        ),
        Case(
            "the same share for each of four",
            lambda rng: {"weights": np.full((2, 4), 0.25)},
        ),
        Case(
            "a stack of matrices",
            lambda rng: {"weights": in_tenths(rng, 2, 3, 4)},
        ),
    ),
    misconceptions=(
        Misconception(
            "NaN for zeros",
            "0 times the logarithm of 0 is not a number to a computer. It "
            "should count as 0, which is what it comes to as a weight "
            "shrinks to nothing.",
            lambda weights: -np.sum(weights * np.log(weights), axis=-1),
        ),
        Misconception(
            "in bits",
            "this is in bits, with the logarithm to base 2. Nats use the "
            "natural logarithm.",
            lambda weights: right_entropy(weights) / np.log(2),
        ),
        Misconception(
            "base 10",
            "you used the logarithm to base 10. Nats use the natural one.",
            lambda weights: right_entropy(weights) / np.log(10),
        ),
        Misconception(
            "sign",
            "the sign is missing. Logarithms of numbers below 1 are "
            "negative, and the minus in front makes the entropy positive.",
            lambda weights: -right_entropy(weights),
        ),
        Misconception(
            "over the queries",
            "you added up over the queries, along the columns. A row is one "
            "query's weights, and each query has an entropy.",
            lambda weights: right_entropy(weights, axis=-2),
        ),
        Misconception(
            "one number for all",
            "you added everything up. The result has one number for each "
            "query.",
            lambda weights: right_entropy(weights, axis=None),
        ),
        Misconception(
            "mean for sum",
            "you averaged over the keys. The entropy is the sum.",
            lambda weights: right_entropy(weights) / weights.shape[-1],
        ),
        Misconception(
            "not weighted",
            "you added up the logarithms as they are. Each counts by its own "
            "weight.",
            lambda weights: np.sum(-np.log(weights), axis=-1),
        ),
        Misconception(
            "as a share of the most",
            "you divided by the largest entropy that is possible. That is a "
            "useful number too, but not in nats.",
            lambda weights: right_entropy(weights) / np.log(weights.shape[-1]),
        ),
        Misconception(
            "perplexity",
            "this is e to the entropy: how many keys the query seems to look "
            "at. Return the entropy itself.",
            lambda weights: np.exp(right_entropy(weights)),
        ),
        Misconception(
            "terms not added up",
            "these are the terms, one a weight. Their sum over each row is "
            "still missing.",
            special.entropy_terms,
        ),
    ),
    not_by=("entropy",),
    hints=(
        "What is the entropy of (0.5, 0.5)? And of (1, 0), if a weight of 0 "
        "adds nothing?",
        "The logarithm of 0 cannot be used: put 1 where the zeros are "
        "*inside the logarithm*, and the term becomes 0 × 0.",
        "safe = weights with every 0 replaced by 1; result = −(sum over the "
        "last axis of weights × natural logarithm of safe).",
    ),
    returns=("entropy",),
    facts=(
        Fact(
            "no entropy is below 0",
            lambda entropy: bool((entropy >= 0).all()),
        ),
    ),
)
