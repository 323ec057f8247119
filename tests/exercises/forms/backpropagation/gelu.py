"""Right answers to `backpropagation.gelu`."""

import math
from statistics import NormalDist

import numpy as np


def by_loop(x):
    if np.ndim(x) == 0:
        return x * 0.5 * (1 + math.erf(x / math.sqrt(2)))
    return [by_loop(one) for one in x]


def by_scipy(x):
    from scipy.special import erf

    return 0.5 * x * (1 + erf(x / np.sqrt(2)))


def by_distribution(x):
    from scipy.stats import norm

    return x * norm.cdf(x)


def by_ndtr(x):
    from scipy.special import ndtr

    return (x * ndtr(x)).astype("f4") if np.ndim(x) else x * ndtr(x)


def by_torch(x):
    import torch

    x = torch.as_tensor(x, dtype=torch.float64)
    return x * (1 + torch.erf(x / 2**0.5)) / 2


FORMS = [
    by_loop,
    by_scipy,
    by_distribution,
    by_ndtr,
    by_torch,
    lambda x: np.vectorize(lambda t: t * NormalDist().cdf(t))(x),
    lambda x: x - x * np.vectorize(math.erfc)(np.divide(x, 2**0.5)) / 2,
]
