"""The exercise `self_attention.attention_weights`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.attention import fits, shares, unstable_softmax
from ..pieces.facts import rows_are_weights
from ..pieces.inputs import pair, readable
from ..pieces.seams import but


def scaled_shares(Q, K, *, scale=None):
    return shares(fits(Q, K, scale))


EXERCISE = Exercise(
    id="self_attention.attention_weights",
    signature="attention_weights(Q, K)",
    asks=(
        "From queries and keys to weights: dot products, divided by "
        r"$\sqrt{d_k}$, softmax over the keys. `Q` is `(n, d_k)`, `K` is "
        "`(m, d_k)`, the result is `(n, m)`, and each row adds up to 1. Like "
        "`softmax`, it must be finite for scores of any size."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=10,
    reference=scaled_shares,
    cases=(
        Case("one query, two keys", lambda rng: pair(rng, 1, 2, 4)),
        Case("two queries, three keys", lambda rng: pair(rng, 2, 3, 4)),
        Case("three queries, two keys", lambda rng: pair(rng, 3, 2, 5)),
        Case(
            "scores in the thousands",
            lambda rng: {
                "Q": 1000 * (1 + np.abs(readable(rng, 2, 3))),
                "K": 1 + np.abs(readable(rng, 4, 3)),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "not scaled",
            "these are the weights without the division by √d_k.",
            but(scaled_shares, scale=1.0),
        ),
        Misconception(
            "divided by d_k",
            "you divided the scores by d_k. Divide by its square root.",
            lambda Q, K: scaled_shares(Q, K, scale=1 / Q.shape[1]),
        ),
        Misconception(
            "root of n",
            "you divided by the root of the number of keys. d_k is the "
            "*width* of a key: the length of a row of K.",
            lambda Q, K: scaled_shares(Q, K, scale=len(K) ** -0.5),
        ),
        Misconception(
            "multiplied by the root",
            "the scores grew: you multiplied by √d_k where it should divide.",
            lambda Q, K: scaled_shares(Q, K, scale=Q.shape[1] ** 0.5),
        ),
        Misconception(
            "over the queries",
            "the columns add up to 1, and the rows should: the softmax runs "
            "over the keys, the last axis.",
            lambda Q, K: shares(fits(Q, K), axis=0),
        ),
        Misconception(
            "divided after the softmax",
            "the rows add up to 1/√d_k: you divided after the softmax. It "
            "comes before, while they are still scores.",
            lambda Q, K: scaled_shares(Q, K, scale=1.0) / np.sqrt(Q.shape[1]),
        ),
        Misconception(
            "no softmax",
            "these are the scaled scores. The softmax is missing.",
            fits,
        ),
        Misconception(
            "keys attend to queries",
            "you swapped Q and K: your rows belong to keys and your columns "
            "to queries.",
            lambda Q, K: scaled_shares(K, Q),
        ),
        Misconception(
            "overflows",
            "large scores overflow: use a softmax that subtracts each row's "
            "maximum, as yours from the last exercise should.",
            lambda Q, K: unstable_softmax(fits(Q, K)),
        ),
        Misconception(
            "always by 2",
            "you divided by 2, as in the example. 2 is √4, and d_k is not "
            "always 4: take the root of the width of a key.",
            lambda Q, K: scaled_shares(Q, K, scale=0.5),
        ),
        Misconception(
            "looks back only",
            "your queries see only the keys up to their own place. That mask "
            "comes in lesson 9. Here every query sees every key.",
            lambda Q, K: shares(fits(Q, K), np.tri(len(Q), len(K)) > 0),
        ),
    ),
    hints=(
        "You wrote two of the three steps already. In which order do they "
        "come, and where does the division belong?",
        "scores → divide by the root of the width of a key → softmax along "
        "the last axis.",
        "s = dot_product_scores(Q, K); s = s / square root of the number of "
        "columns of K; result = softmax(s).",
    ),
    returns=("weights",),
    facts=(rows_are_weights(),),
)
