"""Right answers to `gradient_descent.updates_per_epoch`."""

import math

import numpy as np


def updates_by_loop(m, batch_size):
    if not (m > 0 and batch_size > 0):
        raise ValueError(f"both must be positive: {m}, {batch_size}")
    updates = 0
    while m > 0:
        m -= batch_size
        updates += 1
    return updates


def updates_by_remainder(m, batch_size):
    for number in (m, batch_size):
        if number <= 0:
            raise ValueError("expected a positive number")
    full, rest = divmod(m, batch_size)
    return full + 1 if rest else full


def updates_rounded_up(m, batch_size):
    if m < 1 or batch_size < 1:
        raise ValueError("neither may be below 1")
    return math.ceil(m / batch_size)


def updates_by_numpy(m, batch_size):
    if np.any(np.array([m, batch_size]) <= 0):
        raise ValueError("m and batch_size must be positive")
    return np.ceil(m / batch_size)


class NotPositive(ValueError):
    pass


def updates_by_adding_almost_one(m, batch_size):
    if min(m, batch_size) <= 0:
        raise NotPositive(m, batch_size)
    return (m + batch_size - 1) // batch_size


FORMS = [
    updates_by_loop,
    updates_by_remainder,
    updates_rounded_up,
    updates_by_numpy,
    updates_by_adding_almost_one,
]
