"""Right answers to `start_here.average`."""

from functools import reduce

import numpy as np


def loop(values):
    total = 0
    count = 0
    for value in values:
        total += value
        count += 1
    return total / count


def recursive(values):
    if len(values) == 1:
        return values[0]
    rest = len(values) - 1
    return (values[0] + rest * recursive(values[1:])) / len(values)


def running(values):
    so_far = 0.0
    for n, value in enumerate(values, start=1):
        so_far += (value - so_far) / n
    return so_far


def with_torch(values):
    import torch

    return torch.tensor(values, dtype=torch.float64).mean()


FORMS = [
    loop,
    recursive,
    running,
    with_torch,
    lambda values: sum(values) / len(values),
    np.mean,
    lambda values: np.average(np.asarray(values)),
    lambda values: reduce(lambda a, b: a + b, values) / len(values),
    lambda values: np.float32(np.mean(values)),
]
