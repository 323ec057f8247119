"""Right answers to `backpropagation.sigmoid`."""

import math

import numpy as np


def by_halves(x):
    """Each side with the exponential that cannot overflow."""
    x = np.asarray(x, dtype=float)
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def by_loop(x):
    if isinstance(x, float):
        return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
    return [by_loop(float(one) if np.ndim(one) == 0 else one) for one in x]


def by_torch(x):
    import torch

    return 1 / (1 + torch.exp(-torch.as_tensor(x, dtype=torch.float64)))


def in_float32(x):
    return (1 / (1 + np.exp(-np.asarray(x, dtype=np.float32)))).astype("f4")


def with_errstate(x):
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(np.negative(x)))


FORMS = [
    by_halves,
    by_loop,
    by_torch,
    in_float32,
    with_errstate,
    lambda x: 1 / (1 + np.exp(-x)),
    lambda x: (1 + np.tanh(np.divide(x, 2))) / 2,
    lambda x: np.exp(-np.logaddexp(0, -np.asarray(x))),
]
