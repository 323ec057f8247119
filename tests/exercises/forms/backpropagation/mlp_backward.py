"""Right answers to `backpropagation.mlp_backward`."""

import numpy as np

from .shared import squash, tensors, torch_network


def by_matrices(x, targets, W1, b1, W2, b2):
    hidden = squash(x @ W1 + b1)
    logits = hidden @ W2 + b2
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    p[np.arange(len(x)), targets] -= 1
    p = p / len(x)
    inner = (p @ W2.T) * hidden * (1 - hidden)
    return x.T @ inner, inner.sum(axis=0), hidden.T @ p, p.sum(axis=0)


def by_examples(x, targets, W1, b1, W2, b2):
    """One example at a time, with outer products; divided at the end."""
    sums = [np.zeros_like(w) for w in (W1, b1, W2, b2)]
    for row, target in zip(x, targets, strict=True):
        hidden = squash(row @ W1 + b1)
        powers = np.exp(hidden @ W2 + b2)
        error = powers / powers.sum() - np.eye(len(b2))[target]
        inner = W2 @ error * hidden * (1 - hidden)
        found = np.outer(row, inner), inner, np.outer(hidden, error), error
        for total, one in zip(sums, found, strict=True):
            total += one
    return [total / len(x) for total in sums]


def by_jacobians(x, targets, W1, b1, W2, b2):
    """Every slope as a matrix of its own, multiplied up."""
    n = len(x)
    hidden = squash(x @ W1 + b1)
    powers = np.exp(hidden @ W2 + b2)
    p = powers / powers.sum(axis=1, keepdims=True)
    given = np.zeros_like(p)
    rows = np.arange(n)
    given[rows, targets] = -1 / p[rows, targets] / n
    softmax = p[:, :, None] * (np.eye(p.shape[1]) - p[:, None, :])
    error = np.einsum("nk,nkj->nj", given, softmax)
    bend = np.einsum("nh,hg->nhg", hidden * (1 - hidden), np.eye(len(b1)))
    inner = np.einsum("nk,hk,nhg->ng", error, W2, bend)
    ones = np.ones(n)
    return x.T @ inner, ones @ inner, hidden.T @ error, ones @ error


def by_nudging(x, targets, *weights):
    """Central differences, extrapolated: good for six digits."""

    def loss(moved):
        W1, b1, W2, b2 = moved
        logits = squash(x @ W1 + b1) @ W2 + b2
        rows = np.arange(len(x))
        return np.mean(
            np.logaddexp.reduce(logits, axis=1) - logits[rows, targets]
        )

    def slope(which, at, h):
        ends = []
        for step in (h, -h):
            moved = [w.copy() for w in weights]
            moved[which][at] += step
            ends.append(loss(moved))
        return (ends[0] - ends[1]) / (2 * h)

    found = [np.zeros_like(w) for w in weights]
    for which, weight in enumerate(weights):
        for at in np.ndindex(weight.shape):
            fine, coarse = slope(which, at, 1e-3), slope(which, at, 2e-3)
            found[which][at] = (4 * fine - coarse) / 3
    return found


def by_torch_as_calculator(x, targets, *weights):
    import torch

    x, targets, W1, b1, W2, b2 = tensors(x, targets, *weights)
    hidden, logits = torch_network(x, W1, b1, W2, b2)
    error = torch.softmax(logits, dim=1)
    error[torch.arange(len(x)), targets] -= 1
    error = error / len(x)
    inner = error @ W2.T * hidden * (1 - hidden)
    return x.T @ inner, inner.sum(0), hidden.T @ error, error.sum(0)


def in_float32(x, targets, *weights):
    weights = [w.astype(np.float32) for w in weights]
    return by_matrices(x.astype(np.float32), targets, *weights)


FORMS = [
    by_matrices,
    by_examples,
    by_jacobians,
    by_nudging,
    by_torch_as_calculator,
    in_float32,
]
