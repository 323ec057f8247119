"""The exercise `word_vectors.cosine_similarity`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import cosines, vectors


def two(rng, n, m, d):
    """n and m rows; no row stands along another."""
    rows = vectors(rng, n + m, d)
    return {"A": rows[:n], "B": rows[n:]}


def with_zeros(rng):
    """One row of each is all zeros; others hold a zero, or add up to 0."""
    a, b, c, d = rng.permutation([1.0, 2.0, -3.0, 4.0]) / 2
    A = np.array([[0, 0, 0], [0, a, 0], [b, c, -b - c]])
    B = np.array([[0, 0, 0], [d, -d, 0]])
    return {"A": rng.permutation(A), "B": rng.permutation(B)}


def stretched(rng):
    """Rows along one another, against one another and at a right angle."""
    a, b = (int(x) for x in rng.choice([1, 2, 3, 4], 2, replace=False))
    return {
        "A": np.array([[a, b], [-3 * a, -3 * b]]),
        "B": np.array([[2 * a, 2 * b], [-b, a], [b, b + 1]]),
    }


def long_and_short(rng):
    """Divisors down to 10⁻⁶, which 10⁻¹² does not move and 10⁻⁸ does.

    And a length below 10⁻³.
    """
    signs = rng.choice([-1.0, 1.0], (5, 3))
    rows = rng.permuted(np.tile([1.0, 2.0, 4.0], (5, 1)), axis=1) * signs
    return {
        "A": rows[:2] * [[1e3], [1e-4]],
        "B": rows[2:] * [[2e-3], [1.0], [1e3]],
    }


def one_length_for_all(A, B):
    """Everything over the norms of the whole tables."""
    return A @ B.T / (np.linalg.norm(A) * np.linalg.norm(B) or 1)


def nan_for_zeros(A, B):
    with np.errstate(invalid="ignore"):
        return cosines(A, B, floor=np.nan)


def centred(A, B):
    """The correlation: of distances from each row's mean."""
    return cosines(*(X - X.mean(axis=1, keepdims=True) for X in (A, B)))


def column_by_column(A, B):
    """Lengths of the columns."""
    lengths = [np.linalg.norm(X, axis=0) for X in (A, B)]
    a, b = (np.where(length > 0, length, 1) for length in lengths)
    return (A / a) @ (B / b).T


def row_by_row(A, B):
    """Only the first with the first, the second with the second, …"""
    return np.diagonal(cosines(A, B))


def over(lengths):
    """Over something else than the product of two lengths."""

    def answer(A, B):
        a, b = (np.linalg.norm(X, axis=1) for X in (A, B))
        divisors = lengths(a[:, None], b[None])
        return A @ B.T / np.where(divisors == 0, 1, divisors)

    return answer


def one_for_zeros(A, B):
    found = cosines(A, B)
    found[~A.any(axis=1)] = 1
    found[:, ~B.any(axis=1)] = 1
    return found


EXERCISE = Exercise(
    id="word_vectors.cosine_similarity",
    signature="cosine_similarity(A, B) -> (n, m)",
    asks=(
        "The cosine of the angle between every row of `A` and every row of "
        "`B`: their dot product, divided by both lengths. `A` is `(n, d)`, "
        "`B` is `(m, d)`, and entry (i, j) of the result belongs to row i of "
        "`A` and row j of `B`. A row of zeros has no direction: it gets 0 "
        "with everything."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=6,
    reference=cosines,
    cases=(
        Case("one row each", lambda rng: two(rng, 1, 1, 2)),
        Case("two rows, three rows", lambda rng: two(rng, 2, 3, 4)),
        Case("along, against and at a right angle", stretched),
        Case("as many of each", lambda rng: two(rng, 3, 3, 2)),
        Case("rows of zeros", with_zeros),
        Case("very long and very short rows", long_and_short),
    ),
    misconceptions=(
        Misconception(
            "dot product",
            "you returned the dot products. Divide each by the lengths of "
            "both rows.",
            but(cosines, lengths=lambda row: 1.0),
        ),
        Misconception(
            "distance",
            "you returned 1 minus the cosine, which is a distance. Return "
            "the cosine.",
            lambda A, B: 1 - cosines(A, B),
        ),
        Misconception(
            "multiplied by the second length",
            "you divided by the lengths of `A`'s rows and multiplied by those "
            "of `B`'s. Divide by both: put their product in brackets.",
            lambda A, B: cosines(A, B) * (B**2).sum(axis=1),
        ),
        Misconception(
            "absolute",
            "you dropped the sign. Opposite vectors have the cosine −1.",
            lambda A, B: np.abs(cosines(A, B)),
        ),
        Misconception(
            "negative as 0",
            "you cut negative cosines off at 0. Opposite vectors have the "
            "cosine −1.",
            lambda A, B: np.maximum(cosines(A, B), 0),
        ),
        Misconception(
            "moved to 0 … 1",
            "you moved the cosines to the range from 0 to 1. Return them as "
            "they are, from −1 to 1.",
            lambda A, B: (1 + cosines(A, B)) / 2,
        ),
        Misconception(
            "NaN for zeros",
            "you divided by the length 0, which gives NaN. A row of zeros "
            "gets 0 with everything.",
            nan_for_zeros,
        ),
        Misconception(
            "1 for zeros",
            "you gave a row of zeros the cosine 1. It has no direction: give "
            "it 0.",
            one_for_zeros,
        ),
        Misconception(
            "squared lengths",
            "you divided by the squared lengths. The length is the *root* of "
            "the sum of squares.",
            but(cosines, lengths=lambda row: float(np.dot(row, row))),
        ),
        Misconception(
            "root once too often",
            "you took the root twice. The length is one root of the sum of "
            "squares.",
            but(cosines, lengths=lambda row: np.linalg.norm(row) ** 0.5),
        ),
        Misconception(
            "lengths added",
            "you divided by the sum of the lengths. Divide by their product.",
            over(lambda a, b: a + b),
        ),
        Misconception(
            "only the lengths of A",
            "you divided only by the lengths of `A`'s rows. Divide by those "
            "of `B` too.",
            over(lambda a, b: a + 0 * b),
        ),
        Misconception(
            "only the lengths of B",
            "you divided only by the lengths of `B`'s rows. Divide by those "
            "of `A` too.",
            over(lambda a, b: b + 0 * a),
        ),
        Misconception(
            "the larger length twice",
            "you divided by the larger length squared. Divide by the product "
            "of both lengths.",
            over(lambda a, b: np.maximum(a, b) ** 2),
        ),
        Misconception(
            "transposed",
            "you transposed the result. Rows belong to `A`, columns to `B`.",
            lambda A, B: cosines(B, A),
        ),
        Misconception(
            "centred first",
            "you subtracted each row's mean first. That is the correlation. "
            "The cosine takes the vectors as they are.",
            centred,
        ),
        Misconception(
            "one length for all rows",
            "you divided by the length of the whole table. Each row has its "
            "own length: `axis=1`.",
            one_length_for_all,
        ),
        Misconception(
            "lengths of the columns",
            "you measured the columns. A vector is a row: `axis=1`.",
            column_by_column,
        ),
        Misconception(
            "sum of absolute values",
            "you measured a row by the sum of its absolute values. The "
            "length is the root of the sum of squares.",
            but(cosines, lengths=lambda row: float(np.sum(np.abs(row)))),
        ),
        Misconception(
            "largest value",
            "you measured a row by its largest value. The length is the root "
            "of the sum of squares.",
            but(cosines, lengths=lambda row: float(np.max(np.abs(row)))),
        ),
        Misconception(
            "the angle",
            "you returned the angle. Return its cosine: 1 for the same "
            "direction.",
            lambda A, B: np.arccos(np.clip(cosines(A, B), -1, 1)),
        ),
        Misconception(
            "row by row",
            "you compared each row of `A` with one row of `B`. Compare every "
            "row with every row.",
            row_by_row,
        ),
        Misconception(
            "A with itself",
            "you compared the rows of `A` with one another. The columns "
            "belong to the rows of `B`.",
            lambda A, B: cosines(A, A),
        ),
        Misconception(
            "10⁻⁸ in the divisor",
            "you added a small number to every divisor. Where the rows are "
            "short it changes the result. Only a divisor of 0 needs another "
            "number.",
            over(lambda a, b: a * b + 1e-8),
        ),
        Misconception(
            "10⁻⁶ in the divisor",
            "you added 10⁻⁶ to every divisor. Where the rows are short that "
            "is as much as the divisor itself. Only a divisor of 0 needs "
            "another number.",
            over(lambda a, b: a * b + 1e-6),
        ),
    ),
    not_by=("cosine_similarity", "cosine_distances", "cosine", "cdist"),
    hints=(
        "Stretch a vector to twice its length. What happens to its dot "
        "products, and what must happen to its cosines?",
        "`A @ B.T` has all dot products. You need a length for each row, "
        "`(n, 1)` and `(1, m)`, so that they broadcast. Where a length is 0, "
        "divide by 1.",
        "a = lengths of the rows of A, as a column; b = those of B, as a row; "
        "where one is 0, use 1; result = A @ B.T / (a * b).",
    ),
    returns=("cosines",),
    facts=(
        Fact(
            "every entry is between −1 and 1",
            lambda c: bool((np.abs(c) <= 1 + 1e-6).all()),
        ),
    ),
)
