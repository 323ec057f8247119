"""The exercise `self_attention.dot_product_scores`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.attention import shares
from ..pieces.inputs import pair

EXERCISE = Exercise(
    id="self_attention.dot_product_scores",
    signature="dot_product_scores(Q, K)",
    asks=(
        "How well does each query match each key? Return the matrix of all "
        "dot products. `Q` is `(n, d_k)`, one query a row; `K` is "
        "`(m, d_k)`, one key a row; the result is `(n, m)`: row *i*, column "
        "*j* is the dot product of query *i* with key *j*. Nothing is "
        "scaled yet."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=lambda Q, K: np.einsum("id,jd->ij", Q, K),
    cases=(
        Case("one query, one key", lambda rng: pair(rng, 1, 1, 3)),
        Case("one query, two keys", lambda rng: pair(rng, 1, 2, 4)),
        Case("two queries, three keys", lambda rng: pair(rng, 2, 3, 4)),
        Case("three queries, two keys", lambda rng: pair(rng, 3, 2, 5)),
    ),
    misconceptions=(
        Misconception(
            "not transposed",
            "a matrix product runs along the rows of the first matrix and the "
            "columns of the second. The keys are the rows of K. What must you "
            "do to K before the product?",
            lambda Q, K: Q @ K,
        ),
        Misconception(
            "keys first",
            "these are keys against queries: your product has the two "
            "swapped. Rows should belong to queries and columns to keys.",
            lambda Q, K: K @ Q.T,
        ),
        Misconception(
            "element by element",
            "you multiplied entry by entry. A dot product multiplies a query "
            "with a key and *adds up* over d_k, for every pair.",
            lambda Q, K: Q * K,
        ),
        Misconception(
            "already scaled",
            "you divided these scores by √d_k already. That is the next step. "
            "Return the plain dot products.",
            lambda Q, K: Q @ K.T / np.sqrt(Q.shape[1]),
        ),
        Misconception(
            "cosine",
            "these are cosines: you divided by the lengths of the vectors. A "
            "dot product keeps the lengths.",
            lambda Q, K: (
                (Q @ K.T)
                / np.linalg.norm(Q, axis=1)[:, None]
                / np.linalg.norm(K, axis=1)
            ),
        ),
        Misconception(
            "already weights",
            "these rows add up to 1: you took the softmax already. The "
            "scores come before it.",
            lambda Q, K: shares(Q @ K.T),
        ),
        Misconception(
            "matched row by row",
            "each query is compared only with the key of the same position. "
            "Every query meets every key.",
            lambda Q, K: np.sum(Q * K, axis=1),
        ),
        Misconception(
            "queries with themselves",
            "you compared the queries with each other: K was never used.",
            lambda Q, K: Q @ Q.T,
        ),
        Misconception(
            "keys with themselves",
            "you compared the keys with each other: Q was never used.",
            lambda Q, K: K @ K.T,
        ),
        Misconception(
            "reshaped, not transposed",
            "you reshaped K. A reshape keeps the order of the numbers and "
            "tears the keys apart. Transpose K: its rows become columns.",
            lambda Q, K: Q @ K.reshape(K.shape[::-1]),
        ),
        Misconception(
            "last product only",
            "each score is the last product alone: it replaces the ones "
            "before. Add them up.",
            lambda Q, K: np.outer(Q[:, -1], K[:, -1]),
        ),
        Misconception(
            "last number left out",
            "the last number of every vector is left out. `range` leaves out "
            "its end by itself, so subtract no 1.",
            lambda Q, K: Q[:, :-1] @ K[:, :-1].T,
        ),
        Misconception(
            "cut to whole numbers",
            "your scores are cut to whole numbers: they were put into an "
            "array of integers. Make it one of floats.",
            lambda Q, K: (Q @ K.T).astype(int),
        ),
        Misconception(
            "distances",
            "these are distances between the vectors. Two that fit well "
            "should get a *large* score: their dot product.",
            lambda Q, K: np.linalg.norm(Q[:, None] - K, axis=-1),
        ),
    ),
    hints=(
        "If there are 2 queries and 3 keys, how many dot products are there, "
        "and in what shape would you write them down?",
        "A matrix product is a table of dot products of rows with columns. "
        "Your keys are rows; there is one operation that makes rows columns.",
        "result[i][j] = sum over c of Q[i][c] × K[j][c]. As matrices: Q "
        "times the transpose of K.",
    ),
    returns=("scores",),
)
