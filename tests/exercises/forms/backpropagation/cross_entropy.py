"""Right answers to `backpropagation.cross_entropy`."""

import math

import numpy as np


def by_loop(logits, targets):
    total = 0.0
    for row, target in zip(logits.tolist(), targets.tolist(), strict=True):
        top = max(row)
        powers = [math.exp(z - top) for z in row]
        total += math.log(sum(powers)) - (row[target] - top)
    return total / len(logits)


def by_index(logits, targets):
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].mean()


def by_one_hot(logits, targets):
    from scipy.special import logsumexp

    y = np.eye(logits.shape[1])[targets]
    return (logsumexp(logits, axis=1) - (y * logits).sum(axis=1)).mean()


def by_pairs(logits, targets):
    """ln of the sum of e to the gap between each logit and the right one."""
    right = logits[np.arange(len(logits)), targets]
    gaps = logits - right[:, np.newaxis]
    return np.logaddexp.reduce(gaps, axis=1).sum() / len(logits)


def by_torch(logits, targets):
    import torch

    z, t = torch.from_numpy(logits), torch.from_numpy(targets)
    return (z.logsumexp(1) - z.gather(1, t[:, None])[:, 0]).mean()


def in_float32(logits, targets):
    return by_index(logits.astype(np.float32), targets)


FORMS = [by_loop, by_index, by_one_hot, by_pairs, by_torch, in_float32]
