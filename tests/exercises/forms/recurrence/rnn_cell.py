"""Right answers to `recurrence.rnn_cell`."""

import math

import numpy as np


def by_loops(x, h, W_x, W_h, b):
    if np.ndim(x) > 1:
        return [
            by_loops(one, old, W_x, W_h, b)
            for one, old in zip(x, h, strict=True)
        ]
    new = []
    for j in range(len(b)):
        total = b[j]
        for i in range(len(x)):
            total += x[i] * W_x[i, j]
        for i in range(len(h)):
            total += h[i] * W_h[i, j]
        new.append(math.tanh(total))
    return new


def one_product(x, h, W_x, W_h, b):
    both = np.concatenate([x, h], axis=-1)
    return np.tanh(both @ np.vstack([W_x, W_h]) + b)


def by_exponentials(x, h, W_x, W_h, b):
    z = 2 * (x @ W_x + h @ W_h + b)
    return 1 - 2 / (np.exp(z) + 1)


def by_torch(x, h, W_x, W_h, b):
    import torch

    x, h, W_x, W_h, b = map(torch.tensor, (x, h, W_x, W_h, b))
    return torch.tanh(x @ W_x + h @ W_h + b)


def in_float32(*given):
    x, h, W_x, W_h, b = map(np.float32, given)
    return np.tanh(x @ W_x + h @ W_h + b)


FORMS = [
    lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h + b),
    by_loops,
    one_product,
    by_exponentials,
    by_torch,
    in_float32,
]
