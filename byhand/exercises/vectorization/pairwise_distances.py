"""The exercise `vectorization.pairwise_distances`."""

import math

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but
from .shared import whole


def two_sets(rng, n, m, d):
    """Rows no two of which are equal."""
    while True:
        X, Y = readable(rng, n, d), readable(rng, m, d)
        if between(X, Y, size=largest).min() > 0.05:
            return {"X": X, "Y": Y}


def with_equal_rows(rng):
    given = two_sets(rng, 3, 4, 2)
    given["Y"][[0, 2]] = given["X"][[1, 0]]
    return given


def far_away(rng):
    """Rows 10⁸ away from 0 to both sides, and less than 2 from some others.

    Y is 0.5 further away than X, which float32 cannot tell there. Squares and
    products of what is left differ from 10¹⁶ and 10¹⁶ + 10⁸ by less than
    float64 can tell, so that any formula made of them says 0. Their mean is
    near 0, so that moving all rows to it changes nothing of that.
    """
    tenths = rng.permutation([-6, -5, -4, -3, -1, 2, 3, 4, 5, 6, 1, -2]) / 10
    rows = np.column_stack([np.full(6, 1e8), tenths.reshape(6, 2)])
    rows[2:, 0] += 0.5
    rows[1::2, 0] *= -1
    return {"X": rows[:2], "Y": rows[2:]}


def one_by_one(X, Y):
    """A pair of rows at a time, by the standard library."""
    return np.array([[math.dist(x, y) for y in Y] for x in X])


# What a difference of two rows, along the last axis, is measured by.
def length(gaps):
    return np.sqrt(np.sum(gaps**2, axis=-1))


def largest(gaps):
    return np.max(np.abs(gaps), axis=-1)


def between(X, Y, *, size=length):
    return size(X[:, None, :] - Y)


def by_products(X, Y, *, factor=-2):
    """The root of |a|² + |b|² − 2ab, no number under it below 0."""
    squares = np.sum(X * X, axis=1)[:, None] + np.sum(Y * Y, axis=1)
    return np.sqrt(np.maximum(squares + factor * np.inner(X, Y), 0))


def as_many_as_rows(X, Y):
    places = range(len(X))
    return np.array([[math.dist(X[i], Y[j]) for j in places] for i in places])


def not_a_number(X, Y):
    found = between(X, Y)
    return np.where(found == 0, np.nan, found)


def angles(X, Y):
    lengths = np.multiply.outer(length(X), length(Y))
    return 1 - np.inner(X, Y) / lengths


EXERCISE = Exercise(
    id="vectorization.pairwise_distances",
    signature="pairwise_distances(X, Y)",
    asks=(
        "How far is each row of `X` from each row of `Y`? Return the table "
        "of Euclidean distances: the root of the sum of the squared "
        "differences. `X` is `(n, d)`, `Y` is `(m, d)`, the result is "
        "`(n, m)`. Work with the *differences* in float64: rows far from 0 "
        "and near each other must come out right, $10^8$ away too."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=5,
    reference=one_by_one,
    cases=(
        Case("one row, one row", lambda rng: two_sets(rng, 1, 1, 2)),
        Case("two rows, three rows", lambda rng: two_sets(rng, 2, 3, 4)),
        Case("three rows, two rows", lambda rng: two_sets(rng, 3, 2, 1)),
        Case("some rows are equal", with_equal_rows),
        Case(
            "whole numbers",
            lambda rng: {"X": whole(rng, 4, 3), "Y": whole(rng, 4, 3)},
        ),
        Case("rows near 100,000,000 and near −100,000,000", far_away),
    ),
    misconceptions=(
        Misconception(
            "squared",
            "you returned the squared distances. The root is missing.",
            but(between, size=lambda gaps: np.sum(gaps**2, axis=-1)),
        ),
        Misconception(
            "city-block",
            "you added the absolute differences up. Square them, add up, and "
            "take the root of the sum.",
            but(between, size=lambda gaps: np.sum(np.abs(gaps), axis=-1)),
        ),
        Misconception(
            "mean for sum",
            "you took the mean of the squared differences. Add them up.",
            but(
                between,
                size=lambda gaps: np.sqrt(np.mean(gaps**2, axis=-1)),
            ),
        ),
        Misconception(
            "transposed",
            "you returned the table transposed: rows belong to X and columns "
            "to Y.",
            lambda X, Y: between(X, Y).T,
        ),
        Misconception(
            "squares and products",
            "you used |a|² + |b|² − 2ab. Far from 0 its large terms cancel "
            "and all digits are lost. Subtract the rows first.",
            by_products,
        ),
        Misconception(
            "factor 2 forgotten",
            "you forgot the factor 2 in |a|² + |b|² − 2ab. And even the "
            "right formula loses the digits far from 0: subtract first.",
            but(by_products, factor=-1),
        ),
        Misconception(
            "plus the products",
            "you added the products: these are lengths of *sums* of rows. "
            "Subtract the rows, then square.",
            lambda X, Y: between(X, -Y),
        ),
        Misconception(
            "largest difference",
            "you kept only the largest difference of each pair. All of them "
            "count, squared.",
            but(between, size=largest),
        ),
        Misconception(
            "NaN on equal rows",
            "where two rows are equal, rounding left a number below 0 under "
            "your root. The sum of squared *differences* cannot do that.",
            not_a_number,
        ),
        Misconception(
            "added, then squared",
            "you added the differences up before squaring, so they cancel. "
            "Square each difference first.",
            but(between, size=lambda gaps: np.abs(np.sum(gaps, axis=-1))),
        ),
        Misconception(
            "differences not added",
            "you returned the differences. Square them, add up along the "
            "last axis, and take the root.",
            but(between, size=lambda gaps: gaps),
        ),
        Misconception(
            "absolute differences not added",
            "you took the root of each square before adding up. Sum over the "
            "last axis, then take the root.",
            but(between, size=np.abs),
        ),
        Misconception(
            "added over the rows of Y",
            "you added up over the rows of Y. Add up over the last axis, the "
            "columns.",
            lambda X, Y: np.sqrt(np.sum((X[:, None, :] - Y) ** 2, axis=1)),
        ),
        Misconception(
            "added over the rows of X",
            "you added up over the rows of X. Add up over the last axis, the "
            "columns.",
            lambda X, Y: np.sqrt(np.sum((X[:, None, :] - Y) ** 2, axis=0)),
        ),
        Misconception(
            "row by row",
            "you subtracted Y from X as they are, row from row. Every row of "
            "X meets every row of Y: insert an axis.",
            lambda X, Y: length(X - Y),
        ),
        Misconception(
            "partners only",
            "you compared each row only with its partner of the same number. "
            "Every row of X meets every row of Y.",
            lambda X, Y: [math.dist(x, y) for x, y in zip(X, Y, strict=False)],
        ),
        Misconception(
            "one number",
            "you returned one number for everything. Each pair of rows has "
            "its own distance.",
            lambda X, Y: np.sqrt(np.sum((X[:, None, :] - Y) ** 2)),
        ),
        Misconception(
            "each set centred",
            "you moved each set to its own mean first, which moves them "
            "towards each other. Use the rows as they are.",
            lambda X, Y: between(X - X.mean(axis=0), Y - Y.mean(axis=0)),
        ),
        Misconception(
            "a little added under the root",
            "you added a small number under the root, so equal rows are no "
            "longer 0 apart. Leave it out.",
            but(between, size=lambda gaps: np.hypot(length(gaps), 1e-4)),
        ),
        Misconception(
            "float32",
            "you worked in float32, which keeps 7 digits. Near 100,000,000 "
            "it cannot tell these rows apart: use float64.",
            lambda X, Y: between(X.astype("float32"), Y.astype("float32")),
        ),
        Misconception(
            "X against itself",
            "you compared the rows of X with each other. Compare them with "
            "the rows of Y.",
            lambda X, Y: between(X, X),
        ),
        Misconception(
            "nearest only",
            "you returned each row's distance to the nearest row of Y. "
            "Return all distances.",
            lambda X, Y: between(X, Y).min(axis=1),
        ),
        Misconception(
            "dot products",
            "you returned dot products. Distances come from the differences "
            "of the rows.",
            np.inner,
        ),
        Misconception(
            "cosine distance",
            "you compared only the directions of the rows. Their distance "
            "depends on their lengths too.",
            angles,
        ),
        Misconception(
            "flat",
            "you returned the distances as one long row. Make it a table: a "
            "row for each row of X, a column for each of Y.",
            lambda X, Y: between(X, Y).ravel(),
        ),
        Misconception(
            "not squared",
            "you took the root without squaring the differences first.",
            but(between, size=lambda gaps: np.sqrt(np.sum(gaps, axis=-1))),
        ),
        Misconception(
            "an axis kept",
            "you kept the axis that you added up over, with size 1. The "
            "table has two axes.",
            lambda X, Y: between(X, Y)[..., None],
        ),
        Misconception(
            "decimals cut off",
            "you turned the distances into integers, which cuts off the "
            "decimals. Make them floats.",
            lambda X, Y: between(X, Y).astype(int),
        ),
        Misconception(
            "the dtype of X",
            "your table has the dtype of X. Where X holds integers, that "
            "cuts off the decimals: make it floats.",
            lambda X, Y: between(X, Y).astype(X.dtype),
        ),
        Misconception(
            "the same axis inserted",
            "you inserted the same axis into X and Y. Put it *after* the "
            "rows of X, and before those of Y.",
            lambda X, Y: length(X[None, :, :] - Y[None, :, :]),
        ),
        Misconception(
            "lengths subtracted",
            "you subtracted the lengths of the rows. Subtract the rows, then "
            "take the length of the difference.",
            lambda X, Y: np.abs(length(X)[:, None] - length(Y)),
        ),
        Misconception(
            "as many as rows of X",
            "you counted the rows of X for Y as well. Y has its own number "
            "of rows.",
            as_many_as_rows,
        ),
        Misconception(
            "first row only",
            "you filled only the first row. Is there a return inside the "
            "loop?",
            lambda X, Y: between(X, Y) * np.eye(len(X))[:, :1],
        ),
        Misconception(
            "upper half",
            "you compared row i of X only with the rows of Y after row i. "
            "Compare it with all of them.",
            lambda X, Y: np.triu(between(X, Y), 1),
        ),
        Misconception(
            "Y against itself",
            "you compared the rows of Y with each other. Compare the rows of "
            "X with them.",
            lambda X, Y: between(Y, Y),
        ),
        Misconception(
            "first column only",
            "you compared only the first numbers of the rows. All columns "
            "count.",
            lambda X, Y: between(X[:, :1], Y[:, :1]),
        ),
        Misconception(
            "mean of the differences",
            "you averaged the differences of each pair of rows. Add up "
            "their squares and take the root of the sum.",
            lambda X, Y: between(
                X, Y, size=lambda gaps: np.abs(gaps).mean(-1)
            ),
        ),
    ),
    not_by=(
        "cdist",
        "distance_matrix",
        "euclidean_distances",
        "pairwise_distances",
    ),
    hints=(
        "What shape do you get from `(n, 1, d)` minus `(1, m, d)`, and what "
        "stands in it?",
        "`X[:, None, :]` has an axis of size 1 in the middle. Minus Y, it "
        "gives every difference. Then square, sum over the last axis, root.",
        "D = X with an axis inserted, (n, 1, d), minus Y with an axis "
        "inserted, (1, m, d); result = root of the sum of D² over its last "
        "axis.",
    ),
    returns=("distances",),
)
