"""Right answers to `word_vectors.noise_distribution`."""

import numpy as np


def in_two_lines(counts, power=0.75):
    weights = counts**power
    return weights / weights.sum()


def by_loop(counts, power=0.75):
    weights = [float(count) ** power for count in counts]
    return [weight / sum(weights) for weight in weights]


def shares_first(counts, power=0.75):
    shares = counts / counts.sum()
    return shares**power / np.sum(shares**power)


def by_torch(counts, power=0.75):
    import torch

    weights = torch.tensor(counts).double().pow(power)
    return weights / weights.sum()


FORMS = [
    in_two_lines,
    by_loop,
    shares_first,
    by_torch,
    lambda counts, power=0.75: np.float32(in_two_lines(counts, power)),
]
