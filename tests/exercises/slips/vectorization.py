"""Slips in lesson 02."""

import numpy as np


def in_place(x, y, a, b):
    x *= a
    y *= b
    return x + y


def into_a_copy(x, y, a, b):
    result = np.zeros_like(x)
    result[...] = a * x + b * y
    return result


def shape_of(fits, length=max, order=reversed):
    def broadcast(a, b):
        n = max(len(a), len(b))
        a = (1,) * (n - len(a)) + tuple(a)
        b = (1,) * (n - len(b)) + tuple(b)
        return tuple(fits(p, q) for p, q in zip(a, b, strict=True))

    return broadcast


def larger_if_it_fits(p, q):
    if p != q and 1 not in (p, q):
        raise ValueError(f"{p} and {q} clash")
    return max(p, q)


def from_the_left(a, b):
    n = max(len(a), len(b))
    a = tuple(a) + (1,) * (n - len(a))
    b = tuple(b) + (1,) * (n - len(b))
    return tuple(larger_if_it_fits(p, q) for p, q in zip(a, b, strict=True))


def the_shorter(a, b):
    pairs = zip(reversed(a), reversed(b), strict=False)
    return tuple(larger_if_it_fits(p, q) for p, q in pairs)[::-1]


def backwards(a, b):
    return shape_of(larger_if_it_fits)(a, b)[::-1]


def no_message(p, q):
    if p != q and 1 not in (p, q):
        raise ValueError
    return max(p, q)


def must_be_equal(p, q):
    if p != q:
        raise ValueError(f"{p} and {q} differ")
    return p


def slope(X, theta, y):
    return 2 / len(y) * X.T @ (X @ theta - y)


def descend(X, y, lr, steps, start=0.0, sign=1, by=1.0):
    theta = np.full(X.shape[1], start)
    for _ in range(steps):
        theta = theta - sign * lr * by * slope(X, theta, y)
    return theta


def one_weight_after_another(X, y, lr, steps):
    theta = np.zeros(X.shape[1])
    for _ in range(steps):
        for j in range(len(theta)):
            theta[j] -= lr * slope(X, theta, y)[j]
    return theta


def gradient_once(X, y, lr, steps):
    theta = np.zeros(X.shape[1])
    g = slope(X, theta, y)
    for _ in range(steps):
        theta = theta - lr * g
    return theta


def returned_in_the_loop(X, y, lr, steps):
    theta = np.zeros(X.shape[1])
    for _ in range(steps):
        theta = theta - lr * slope(X, theta, y)
        return theta
    return theta


def standardize(X, axis=0, **more):
    std = X.std(axis=axis, keepdims=True, **more)
    return (X - X.mean(axis=axis, keepdims=True)) / np.where(std == 0, 1, std)


def distances_by_squares(X, Y):
    squares = (X**2).sum(1)[:, None] + (Y**2).sum(1) - 2 * X @ Y.T
    return np.sqrt(np.maximum(squares, 0))


WRONG = {
    "vectorization.weighted_sum": {
        "in place": in_place,
        "whole numbers": into_a_copy,
        "swapped": lambda x, y, a, b: b * x + a * y,
        "one factor": lambda x, y, a, b: a * (x + y) * b,
        "a product": lambda x, y, a, b: a * x * b * y,
        "b forgotten": lambda x, y, a, b: a * x + y,
    },
    "vectorization.broadcast_shape": {
        "from the left": from_the_left,
        "the shorter": the_shorter,
        "backwards": backwards,
        "never refuses": shape_of(max),
        "no message": shape_of(no_message),
        "must be equal": shape_of(must_be_equal),
    },
    "vectorization.predict": {
        "no sum": lambda X, theta: X * theta,
        "columns": lambda X, theta: (X * theta).sum(axis=0),
        "one number": lambda X, theta: (X * theta).sum(),
        "a column": lambda X, theta: X @ theta[:, None],
        "a mean": lambda X, theta: (X * theta).mean(axis=1),
        "a list of rows": lambda X, theta: [row * theta for row in X],
    },
    "vectorization.mse_gradient_vector": {
        "no 2": lambda X, theta, y: X.T @ (X @ theta - y) / len(y),
        "no n": lambda X, theta, y: 2 * X.T @ (X @ theta - y),
        "by d": lambda X, theta, y: 2 * X.T @ (X @ theta - y) / X.shape[1],
        "sign": lambda X, theta, y: 2 / len(y) * X.T @ (y - X @ theta),
        "no transpose": lambda X, theta, y: (
            2 / len(y) * X @ (X @ theta - y)[: X.shape[1]]
        ),
        "without X": lambda X, theta, y: 2 / len(y) * (X @ theta - y),
    },
    "vectorization.descend": {
        "from ones": lambda X, y, lr, steps: descend(X, y, lr, steps, start=1),
        "uphill": lambda X, y, lr, steps: descend(X, y, lr, steps, sign=-1),
        "one step more": lambda X, y, lr, steps: descend(X, y, lr, steps + 1),
        "one weight after another": one_weight_after_another,
        "gradient once": gradient_once,
        "in the loop": returned_in_the_loop,
    },
    "vectorization.standardize": {
        "n - 1": lambda X: standardize(X, ddof=1),
        "rows": lambda X: standardize(X, axis=1),
        "all of it": lambda X: (X - X.mean()) / X.std(),
        "constant columns": lambda X: (X - X.mean(axis=0)) / X.std(axis=0),
        "variance": lambda X: (
            (X - X.mean(axis=0))
            / np.where(X.var(axis=0) == 0, 1, X.var(axis=0))
        ),
        "not centred": lambda X: X / np.where(X.std(0) == 0, 1, X.std(0)),
    },
    "vectorization.pairwise_dot": {
        "columns": lambda X: X.T @ X,
        "entry by entry": lambda X: X * X,
        "with itself": lambda X: (X * X).sum(axis=1),
        "cosine": lambda X: (
            X @ X.T / np.outer(*[np.linalg.norm(X, axis=1)] * 2)
        ),
        "upper half": lambda X: np.triu(X @ X.T),
        "no diagonal": lambda X: X @ X.T - np.diag((X * X).sum(axis=1)),
    },
    "vectorization.pairwise_distances": {
        "squares multiplied out": distances_by_squares,
        "no root": lambda X, Y: ((X[:, None] - Y[None]) ** 2).sum(-1),
        "city blocks": lambda X, Y: np.abs(X[:, None] - Y[None]).sum(-1),
        "transposed": lambda X, Y: np.linalg.norm(
            Y[:, None] - X[None], axis=-1
        ),
        "row by row": lambda X, Y: np.linalg.norm(
            X[: len(Y)] - Y[: len(X)], axis=1
        ),
        "root of each": lambda X, Y: np.sqrt((X[:, None] - Y[None]) ** 2).mean(
            -1
        ),
    },
}
