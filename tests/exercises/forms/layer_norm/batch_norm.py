"""Right answers to `layer_norm.batch_norm`."""

import math

import numpy as np

from .shared import norm_by_arrays


def batch_by_columns(x, gamma, beta, eps=1e-5):
    columns = [
        g * (column - column.mean()) / math.sqrt(column.var() + eps) + b
        for column, g, b in zip(x.T, gamma, beta, strict=True)
    ]
    return np.column_stack(columns)


def batch_by_loops(x, gamma, beta, eps=1e-5):
    out = [[0.0] * len(x[0]) for _ in x]
    for j in range(len(x[0])):
        column = [row[j] for row in x]
        mean = sum(column) / len(column)
        variance = sum((v - mean) ** 2 for v in column) / len(column)
        for i, value in enumerate(column):
            scaled = (value - mean) / (variance + eps) ** 0.5
            out[i][j] = gamma[j] * scaled + beta[j]
    return out


def batch_by_torch(x, gamma, beta, eps=1e-5):
    import torch

    layer = torch.nn.BatchNorm1d(x.shape[1], eps=eps, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(gamma))
        layer.bias.copy_(torch.from_numpy(beta))
    return layer(torch.from_numpy(x))


FORMS = [
    batch_by_columns,
    batch_by_loops,
    batch_by_torch,
    lambda x, gamma, beta, eps=1e-5: (
        norm_by_arrays(x.T, 1, 0, eps).T * gamma + beta
    ),
    lambda x, g, b, eps=1e-5: (
        g * (x - x.mean(0)) / np.sqrt(x.var(axis=0) + eps) + b
    ),
]
