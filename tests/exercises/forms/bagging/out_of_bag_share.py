"""Right answers to `bagging.out_of_bag_share`."""

import math
from fractions import Fraction

import numpy as np


def by_loop(n, size):
    share = 1.0
    for _ in range(size):
        share *= (n - 1) / n
    return share


def by_logarithms(n, size):
    if n == 1:
        return 0.0 if size else 1.0
    return math.exp(size * math.log1p(-1 / n))


def by_recursion(n, size):
    return by_recursion(n, size - 1) * (1 - 1 / n) if size else 1


def by_binomial(n, size):
    import scipy.stats

    return scipy.stats.binom.pmf(0, size, 1 / n)


def by_whole_numbers(n, size):
    return Fraction(n - 1, n) ** size


FORMS = [
    by_loop,
    by_logarithms,
    by_binomial,
    by_whole_numbers,
    lambda n, size: (1 - 1 / n) ** size,
    lambda n, size: ((n - 1) / n) ** size,
    lambda n, size: pow(1 - 1 / n, size),
    lambda n, size: np.prod(np.full(size, 1 - 1 / n)),
    lambda n, size: np.power(1 - 1 / n, size),
]
