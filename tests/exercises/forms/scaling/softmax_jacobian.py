"""Right answers to `scaling.softmax_jacobian`."""

import numpy as np


def weights_of(z):
    powers = np.exp(z - np.max(z))
    return powers / powers.sum()


def jacobian_by_loops(z):
    p = weights_of(z)
    n = len(p)
    table = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            table[i][j] = p[i] * ((i == j) - p[j])
    return table


def jacobian_by_nudging(z):
    columns = []
    for j in range(len(z)):
        nudge = np.zeros(len(z))
        nudge[j] = 1e-5
        rise = weights_of(z + nudge) - weights_of(z - nudge)
        columns.append(rise / 2e-5)
    return np.column_stack(columns)


def jacobian_by_autograd(z):
    import torch

    scores = torch.tensor(z, requires_grad=True)
    weights = torch.softmax(scores, dim=0)
    rows = [
        torch.autograd.grad(weight, scores, retain_graph=True)[0]
        for weight in weights
    ]
    return torch.stack(rows)


def jacobian_in_float32(z):
    p = weights_of((z - z.max()).astype(np.float32))
    return np.diag(p) - np.outer(p, p)


def jacobian_filled_in(z):
    p = weights_of(z)
    table = -np.outer(p, p)
    table[np.diag_indices(len(p))] += p
    return table


FORMS = [
    jacobian_by_loops,
    jacobian_by_nudging,
    jacobian_by_autograd,
    jacobian_in_float32,
    jacobian_filled_in,
    lambda z: np.diag(weights_of(z)) - np.outer(*[weights_of(z)] * 2),
    lambda z: weights_of(z)[:, None] * (np.eye(len(z)) - weights_of(z)),
]
