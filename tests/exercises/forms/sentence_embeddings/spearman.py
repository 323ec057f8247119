"""Right answers to `sentence_embeddings.spearman`."""

import math
import statistics
from collections import defaultdict

import numpy as np
import torch


def by_counting(a, b):
    if len(a) != len(b):
        raise ValueError("the lists are of different lengths")

    def rank(x):
        x = torch.tensor(x, dtype=torch.float64)
        below = (x[:, None] > x).sum(1)
        return below + ((x[:, None] == x).sum(1) + 1) / 2

    r, s = (rank(one) - rank(one).mean() for one in (a, b))
    return (r * s).sum() / (r.square().sum() * s.square().sum()).sqrt()


def by_groups(a, b):
    if len(a) != len(b):
        raise ValueError("the lists are of different lengths")

    def ranks(x):
        places = defaultdict(list)
        for place, value in enumerate(sorted(x), 1):
            places[value].append(place)
        return [statistics.mean(places[value]) for value in x]

    return statistics.correlation(ranks(a), ranks(b))


def by_corrcoef(a, b):
    if len(a) != len(b):
        raise ValueError("the lists are of different lengths")

    def ranks(x):
        _, which, counts = np.unique(
            x, return_inverse=True, return_counts=True
        )
        last = counts.cumsum()
        return (last - (counts - 1) / 2)[which]

    return np.corrcoef(ranks(a), ranks(b))[0, 1]


def from_both_sides(a, b):
    """Half of a rank from below and half of one from above."""
    if len(a) != len(b):
        raise ValueError("the lists are of different lengths")

    def ranks(x):
        return [sum((y < z) - (y > z) for y in x) for z in x]

    r, s = ranks(a), ranks(b)
    above = sum(p * q for p, q in zip(r, s, strict=True))
    return above / math.sqrt(sum(p * p for p in r) * sum(q * q for q in s))


def by_pearson(a, b):
    from scipy.stats import pearsonr

    if len(a) != len(b):
        raise ValueError("the lists are of different lengths")

    def ranks(x):
        x = np.asarray(x)
        return (x[:, None] > x).sum(1) - (x[:, None] < x).sum(1)

    return pearsonr(ranks(a), ranks(b)).statistic


FORMS = [by_counting, by_groups, by_corrcoef, from_both_sides, by_pearson]
