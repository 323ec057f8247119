"""The exercise `scaling.scaled_scores`."""

import math

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.attention import fits, shares
from ..pieces.inputs import pair
from ..pieces.seams import but


def standardised(Q, K):
    scores = fits(Q, K, scale=1)
    return scores / scores.std()


EXERCISE = Exercise(
    id="scaling.scaled_scores",
    signature="scaled_scores(Q, K)",
    asks=(
        "Every query against every key, divided by $\\sqrt{d_k}$. `Q` is "
        "`(n, d_k)`, `K` is `(m, d_k)`, and the result is `(n, m)`: the "
        "numbers that the softmax gets. The width $d_k$ is not given: read "
        "it off the arrays."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=fits,
    cases=(
        Case("one query, one key", lambda rng: pair(rng, 1, 1, 9)),
        Case("one query, three keys", lambda rng: pair(rng, 1, 3, 2)),
        Case("two queries, three keys", lambda rng: pair(rng, 2, 3, 5)),
        Case("three queries, two keys", lambda rng: pair(rng, 3, 2, 7)),
    ),
    misconceptions=(
        Misconception(
            "not scaled",
            "these are the plain dot products. The division by √d_k is "
            "missing.",
            but(fits, scale=1),
        ),
        Misconception(
            "divided by d_k",
            "you divided by d_k where its square root should stand. That "
            "also happens when queries *and* keys are both divided by √d_k.",
            lambda Q, K: fits(Q, K, scale=1 / K.shape[1]),
        ),
        Misconception(
            "root of the number of queries",
            "you divided by the root of how many queries there are. d_k is "
            "how many numbers *one* query has.",
            lambda Q, K: fits(Q, K, scale=len(Q) ** -0.5),
        ),
        Misconception(
            "root of the number of keys",
            "you divided by the root of how many keys there are. d_k is how "
            "many numbers *one* key has: the length of a row.",
            lambda Q, K: fits(Q, K, scale=len(K) ** -0.5),
        ),
        Misconception(
            "multiplied by the root",
            "wide vectors make your scores even larger: you multiplied by "
            "√d_k where it should divide.",
            lambda Q, K: fits(Q, K, scale=K.shape[1] ** 0.5),
        ),
        Misconception(
            "always 2",
            "you divided by 2 whatever the width. √d_k was 2 in lesson 7 "
            "because the vectors there had four numbers.",
            but(fits, scale=0.5),
        ),
        Misconception(
            "half of d_k",
            "you divided by d_k and then by 2: a power is worked out before "
            "a division. Brackets round the fraction in the exponent make it "
            "a root.",
            lambda Q, K: fits(Q, K, scale=0.5 / K.shape[1]),
        ),
        Misconception(
            "fourth root",
            "you divided by the *fourth* root of d_k. If you scale the "
            "queries alone before the product, divide them by all of √d_k. "
            "The fourth root is right only when the keys get it too.",
            lambda Q, K: fits(Q, K, scale=K.shape[1] ** -0.25),
        ),
        Misconception(
            "measured spread",
            "you divided by how far *these* scores spread, which another "
            "sentence would change. √d_k depends on the width alone.",
            standardised,
        ),
        Misconception(
            "already weights",
            "these rows add up to 1: you took the softmax already. Return the "
            "scores that it gets.",
            lambda Q, K: shares(fits(Q, K)),
        ),
        Misconception(
            "keys first",
            "these are keys against queries: rows should belong to queries "
            "and columns to keys.",
            lambda Q, K: fits(K, Q),
        ),
        Misconception(
            "not transposed",
            "a matrix product runs along the rows of the first matrix and the "
            "columns of the second. The keys are the rows of K. Transpose K "
            "first.",
            lambda Q, K: Q @ K / math.sqrt(K.shape[1]),
        ),
        Misconception(
            "always by 3",
            "you divided by 3, as in the first case. 3 is √9, and d_k is "
            "not always 9: take the root of the width of a key.",
            lambda Q, K: fits(Q, K, 1 / 3),
        ),
    ),
    hints=(
        "In the first case the vectors have nine numbers. What are the "
        "scores divided by?",
        "Start from the table of all dot products; then divide the whole "
        "table by one number, the root of how many columns K has.",
        "scores = Q times the transpose of K; d_k = number of columns of K; "
        "result = scores / square root of d_k.",
    ),
    returns=("scores",),
)
