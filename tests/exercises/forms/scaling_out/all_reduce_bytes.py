"""Right answers to `scaling_out.all_reduce_bytes`."""

from fractions import Fraction

import numpy as np
import torch


def refuse(workers):
    if workers < 1:
        raise ValueError(f"there should be a worker; got {workers}")


def by_formula(num_bytes, workers):
    refuse(workers)
    return 2 * (workers - 1) / workers * num_bytes


def by_both_halves(num_bytes, workers):
    refuse(workers)
    piece = num_bytes / workers
    reduce_scatter = all_gather = (workers - 1) * piece
    return reduce_scatter + all_gather


def what_is_missing_to_twice(num_bytes, workers):
    refuse(workers)
    return 2 * num_bytes - 2 * num_bytes / workers


def by_rounds(num_bytes, workers):
    refuse(workers)
    total = 0
    for _ in range(2 * (workers - 1)):
        total += num_bytes / workers
    return total


def as_a_fraction(num_bytes, workers):
    refuse(workers)
    return float(Fraction(2 * (workers - 1) * num_bytes, workers))


def in_numpy(num_bytes, workers):
    refuse(workers)
    return np.float64(num_bytes) * 2 * (1 - 1 / workers)


def in_torch(num_bytes, workers):
    refuse(workers)
    share = torch.tensor(1 - 1 / workers, dtype=torch.float64)
    return 2 * num_bytes * share


FORMS = [
    by_formula,
    by_both_halves,
    what_is_missing_to_twice,
    by_rounds,
    as_a_fraction,
    in_numpy,
    in_torch,
]
