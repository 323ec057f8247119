"""Wrong answers to the exercises of lesson 02."""

import numpy as np


def tables_at_most(x, y, a, b):
    total = a * x + b * y
    return total.reshape(len(total), -1) if total.ndim > 2 else total


def the_first_filled_up_behind(a, b):
    """Where it has two axes or more; the others are filled up in front."""
    missing = (1,) * (len(b) - len(a))
    return joined(a + missing if len(a) > 1 else missing + a, b)


def joined(a, b, compared=slice(None)):
    n = max(len(a), len(b))
    a, b = ((1,) * (n - len(one)) + one for one in (a, b))
    pairs = list(zip(a, b, strict=True))
    for p, q in pairs[compared]:
        if p != q and 1 not in (p, q):
            raise ValueError(f"sizes {p} and {q} clash")
    return tuple(map(max, pairs))


def without_ones_in_front(a, b):
    shape = joined(a, b)
    while shape[:1] == (1,) and len(shape) > 1:
        shape = shape[1:]
    return shape


def standardized(X, constant=lambda X: np.ptp(X, axis=0) == 0, std=np.std):
    found = (X - X.mean(axis=0)) / np.where(constant(X), 1, std(X, axis=0))
    return np.where(constant(X), 0, found)


def from_mean_squares(X, axis):
    squares = (X * 1.0 * X).mean(axis) - X.mean(axis) ** 2
    return np.sqrt(np.maximum(squares, 0))


def with_its_column_of_ones(X):
    found = standardized(X)
    if (X[:, 0] == 1).all():
        found[:, 0] = 1
    return found


def multiplied_out(centre):
    def distances(X, Y):
        X, Y = X - centre(X, Y), Y - centre(X, Y)
        squares = (X**2).sum(1)[:, None] + (Y**2).sum(1) - 2 * X @ Y.T
        return np.sqrt(np.maximum(squares, 0))

    return distances


def distances(X, Y):
    return np.linalg.norm(X[:, None] - Y, axis=2)


def mirrored(X, Y):
    table = distances(X, Y)
    if len(X) == len(Y):
        table = np.triu(table) + np.triu(table, 1).T
    return table


WRONG = {
    "vectorization.weighted_sum": {
        "tables at most": tables_at_most,
        "a weight of 0 taken for none": lambda x, y, a, b: (
            (a or 1) * x + (b or 1) * y
        ),
    },
    "vectorization.broadcast_shape": {
        "the first, of two axes, filled up behind": the_first_filled_up_behind,
        "only the last two axes compared": lambda a, b: joined(
            a, b, compared=slice(-2, None)
        ),
        "ones in front dropped": without_ones_in_front,
    },
    "vectorization.mse_gradient_vector": {
        "one number for one weight": lambda X, theta, y: np.squeeze(
            2 / len(y) * X.T @ (X @ theta - y)
        ),
    },
    "vectorization.standardize": {
        "close numbers taken for equal": lambda X: standardized(
            X, lambda X: np.isclose(X, X[0]).all(axis=0)
        ),
        "from mean squares": lambda X: standardized(X, std=from_mean_squares),
        "float32": lambda X: standardized(X.astype("float32")),
        "a column of ones kept": with_its_column_of_ones,
    },
    "vectorization.pairwise_dot": {
        "the lesson's four columns": lambda X: X[:, :4] @ X[:, :4].T,
    },
    "vectorization.pairwise_distances": {
        "multiplied out from the mean of X": multiplied_out(
            lambda X, Y: X.mean(axis=0)
        ),
        "multiplied out from the first row": multiplied_out(lambda X, Y: X[0]),
        "multiplied out from the mean of all": multiplied_out(
            lambda X, Y: np.concatenate([X, Y]).mean(axis=0)
        ),
        "a square table mirrored": mirrored,
    },
}
