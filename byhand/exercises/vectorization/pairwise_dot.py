"""The exercise `vectorization.pairwise_dot`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.inputs import readable

WORDS = np.array([[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1]])


def lengths(X):
    return np.sqrt(np.sum(X**2, axis=1))


def weights(X):
    powers = np.exp(np.inner(X, X))
    return powers / powers.sum(axis=1, keepdims=True)


def centred(X):
    return X - X.mean(axis=0)


def lengths_between(X):
    return np.array([lengths(X - row) for row in X])


def through_the_columns(X):
    """As many rows as there are columns."""
    places = range(X.shape[1])
    return np.array([[X[i] @ X[j] for j in places] for i in places])


def columns_by_index(X):
    places = range(len(X))
    return np.array([[X[:, i] @ X[:, j] for j in places] for i in places])


def without_the_last(X):
    return np.pad(np.inner(X[:-1], X[:-1]), (0, 1))


def rows(rng, n, d):
    return {"X": readable(rng, n, d)}


EXERCISE = Exercise(
    id="vectorization.pairwise_dot",
    signature="pairwise_dot(X)",
    asks=(
        "Every row against every row: return the table of all dot products. "
        "`X` is `(n, d)`, the result is `(n, n)`. Row *i*, column *j* is the "
        "dot product of row *i* of `X` with row *j* of `X`."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=3,
    reference=lambda X: np.inner(X, X),
    cases=(
        Case("one row", lambda rng: rows(rng, 1, 3)),
        Case("two rows", lambda rng: rows(rng, 2, 5)),
        Case("the lesson's three rows", lambda rng: {"X": WORDS}),
        Case("four rows of two", lambda rng: rows(rng, 4, 2)),
        Case("three rows of three", lambda rng: rows(rng, 3, 3)),
    ),
    misconceptions=(
        Misconception(
            "columns against columns",
            "you multiplied the columns with each other. Swap the two "
            "factors: the rows should meet.",
            lambda X: X.T @ X,
        ),
        Misconception(
            "not transposed",
            "you multiplied X by itself, so rows met columns. Transpose the "
            "second factor, so that rows meet rows.",
            lambda X: X @ X,
        ),
        Misconception(
            "not transposed, by dot",
            "you multiplied X by itself, so rows met columns. Rows should "
            "meet rows: transpose the second factor.",
            lambda X: np.dot(X, X),
        ),
        Misconception(
            "diagonal only",
            "you compared each row only with itself. Every row meets every "
            "row.",
            lambda X: np.sum(X * X, axis=1),
        ),
        Misconception(
            "diagonal matrix",
            "you filled only the diagonal. Every row meets every row.",
            lambda X: np.diag(np.sum(X * X, axis=1)),
        ),
        Misconception(
            "element by element",
            "you squared each entry. A dot product multiplies two rows and "
            "adds up.",
            lambda X: X * X,
        ),
        Misconception(
            "entries times entries of the transposed",
            "you multiplied entry by entry with X transposed. A matrix "
            "product adds the products up.",
            lambda X: X * X.T,
        ),
        Misconception(
            "outer product",
            "you multiplied every entry with every entry. Multiply rows in "
            "pairs and add the products up.",
            lambda X: np.outer(X, X),
        ),
        Misconception(
            "integer result",
            "you stored the products as integers, which cuts off the "
            "decimals. Make them floats.",
            lambda X: np.inner(X, X).astype(int),
        ),
        Misconception(
            "cosines",
            "you divided by the lengths of the rows, which gives cosines. A "
            "dot product keeps the lengths.",
            lambda X: np.inner(X, X) / np.outer(lengths(X), lengths(X)),
        ),
        Misconception(
            "mean for sum",
            "you divided by the number of columns. A dot product adds up "
            "without dividing.",
            lambda X: np.inner(X, X) / X.shape[1],
        ),
        Misconception(
            "root of d",
            "you divided by the root of the number of columns. That comes "
            "with attention: here the plain dot products count.",
            lambda X: np.inner(X, X) / np.sqrt(X.shape[1]),
        ),
        Misconception(
            "divided by n",
            "you divided by the number of rows. A dot product divides by "
            "nothing.",
            lambda X: np.inner(X, X) / (len(X) + (len(X) == 1)),
        ),
        Misconception(
            "zero diagonal",
            "you left the diagonal 0. A row meets itself, too.",
            lambda X: np.inner(X, X) - np.diag(np.sum(X * X, axis=1)),
        ),
        Misconception(
            "upper half",
            "you filled only the upper half. Row j meets row i as row i "
            "meets row j: mirror it.",
            lambda X: np.triu(np.inner(X, X)),
        ),
        Misconception(
            "lower half",
            "you filled only the lower half. Row i meets row j as row j "
            "meets row i: mirror it.",
            lambda X: np.tril(np.inner(X, X)),
        ),
        Misconception(
            "distances",
            "you returned distances between the rows. Return their dot "
            "products.",
            lengths_between,
        ),
        Misconception(
            "sums of rows",
            "you added each row up first and multiplied the sums. Multiply "
            "the entries first, then add the products up.",
            lambda X: np.outer(X.sum(axis=1), X.sum(axis=1)),
        ),
        Misconception(
            "softmax",
            "your rows add up to 1: you took a softmax. Return the dot "
            "products themselves.",
            weights,
        ),
        Misconception(
            "centred",
            "you subtracted the mean of each column first, as for a "
            "covariance. Use the rows as they are.",
            lambda X: np.inner(centred(X), centred(X)),
        ),
        Misconception(
            "products not added",
            "you multiplied every pair of rows but did not add the products "
            "up. Sum over the last axis.",
            lambda X: X[:, None, :] * X,
        ),
        Misconception(
            "one number",
            "you added everything up to one number. Each pair of rows has "
            "its own number.",
            lambda X: np.sum(np.inner(X, X)),
        ),
        Misconception(
            "flat",
            "you returned the dot products as one long row. Make it a table: "
            "a row and a column for each row of X.",
            lambda X: np.inner(X, X).ravel(),
        ),
        Misconception(
            "added over the rows",
            "you added up over the rows. Add up over the last axis, the "
            "columns.",
            lambda X: np.sum(X[:, None, :] * X, axis=0),
        ),
        Misconception(
            "each row added up",
            "you added each row of the table up. Return the table itself.",
            lambda X: np.sum(np.inner(X, X), axis=1),
        ),
        Misconception(
            "squared distances",
            "you returned squared distances between the rows. Multiply the "
            "rows, and add the products up.",
            lambda X: lengths_between(X) ** 2,
        ),
        Misconception(
            "one list for all rows",
            "every row of your table is the last one. Did you begin with "
            "`[[0] * n] * n`, which is n times one list?",
            lambda X: np.inner(X, X)[[-1] * len(X)],
        ),
        Misconception(
            "last row left out",
            "you left the last row out. `range(n)` already stops before n.",
            without_the_last,
        ),
        Misconception(
            "first row only",
            "you filled only the first row. Is there a return inside the "
            "loop?",
            lambda X: np.inner(X, X) * np.eye(len(X))[:, :1],
        ),
        Misconception(
            "last product only",
            "you kept only the last product of each pair: each replaced the "
            "one before it. Add them up.",
            lambda X: np.outer(X[:, -1], X[:, -1]),
        ),
        Misconception(
            "never reset",
            "each dot product contains the ones before it. Start every sum "
            "at 0.",
            lambda X: np.cumsum(np.inner(X, X)).reshape(len(X), len(X)),
        ),
        Misconception(
            "each row with itself",
            "you multiplied each row with itself, in every column. Column j "
            "takes row j.",
            lambda X: np.outer(np.sum(X * X, axis=1), np.ones(len(X))),
        ),
        Misconception(
            "as many as columns",
            "you counted the columns of X. Your table needs a row and a "
            "column for each *row* of X.",
            through_the_columns,
        ),
        Misconception(
            "columns by index",
            "you took columns of X: `X[:, i]` is column i. Row i is `X[i]`.",
            columns_by_index,
        ),
    ),
    hints=(
        "With three rows, how many dot products are there, and how would you "
        "write them down?",
        "A matrix product is a table of dot products: rows of the first "
        "matrix, columns of the second. What turns rows into columns?",
        "result[i][j] = sum over c of X[i][c] × X[j][c]. As a matrix "
        "product: X times X transposed.",
    ),
    returns=("products",),
    facts=(
        Fact(
            "the table is its own mirror image: entry (i, j) is entry (j, i)",
            lambda G: bool(np.allclose(G, G.T)),
        ),
    ),
)
