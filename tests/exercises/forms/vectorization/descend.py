"""Right answers to `vectorization.descend`."""

import numpy as np


def in_place(X, y, lr, steps):
    theta = np.zeros(X.shape[1])
    for _ in range(steps):
        theta -= lr * 2 / len(y) * (X.T @ (X @ theta - y))
    return theta


def by_loops(X, y, lr, steps):
    n, d = X.shape
    theta = [0.0] * d
    while steps > 0:
        errors = [
            sum(X[i, j] * theta[j] for j in range(d)) - y[i] for i in range(n)
        ]
        theta = [
            theta[j] - lr * sum(2 * errors[i] * X[i, j] for i in range(n)) / n
            for j in range(d)
        ]
        steps -= 1
    return theta


def by_powers(X, y, lr, steps):
    """A step is an affine map of θ: a matrix with one more column."""
    d = X.shape[1]
    step = np.eye(d + 1)
    step[:d, :d] -= lr * 2 / len(y) * X.T @ X
    step[:d, d] = lr * 2 / len(y) * X.T @ y
    return np.linalg.matrix_power(step, steps)[:d, d]


def recursively(X, y, lr, steps):
    if steps == 0:
        return np.zeros_like(X[0], dtype=float)
    theta = recursively(X, y, lr, steps - 1)
    return theta - lr * np.mean(2 * (X @ theta - y)[:, None] * X, axis=0)


def by_optimiser(X, y, lr, steps):
    import torch

    X, y = (torch.tensor(given, dtype=torch.float64) for given in (X, y))
    weights = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    optimiser = torch.optim.SGD([weights], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(X @ weights, y).backward()
        optimiser.step()
    return weights


FORMS = [in_place, by_loops, by_powers, recursively, by_optimiser]
