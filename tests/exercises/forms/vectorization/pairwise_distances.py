"""Right answers to `vectorization.pairwise_distances`."""

import math

import numpy as np


def by_loops(X, Y):
    table = []
    for x in X:
        row = []
        for y in Y:
            total = 0.0
            for a, b in zip(x, y, strict=True):
                total += (a - b) ** 2
            row.append(math.sqrt(total))
        table.append(row)
    return table


def a_row_at_a_time(X, Y):
    return np.stack([np.linalg.norm(x - Y, axis=1) for x in X])


def a_column_at_a_time(X, Y):
    total = np.zeros((len(X), len(Y)))
    for x, y in zip(X.T, Y.T, strict=True):
        total += np.subtract.outer(x, y) ** 2
    return np.sqrt(total)


def by_torch(X, Y):
    import torch

    X, Y = (torch.tensor(rows, dtype=torch.float64) for rows in (X, Y))
    return (X[:, None] - Y[None]).norm(dim=-1)


FORMS = [
    by_loops,
    a_row_at_a_time,
    a_column_at_a_time,
    by_torch,
    lambda X, Y: np.sqrt(((X[:, None, :] - Y[None, :, :]) ** 2).sum(axis=-1)),
    lambda X, Y: np.linalg.norm(Y - X[:, np.newaxis], axis=2),
    lambda X, Y: np.array([[math.dist(x, y) for y in Y] for x in X]),
    lambda X, Y: np.sqrt(
        np.einsum("ijk,ijk->ij", X[:, None] - Y, X[:, None] - Y)
    ),
]
