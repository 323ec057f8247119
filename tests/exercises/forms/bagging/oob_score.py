"""Right answers to `bagging.oob_score`."""

from fractions import Fraction

import numpy as np

from tests.exercises.forms.bagging.oob_predictions import (
    by_a_table,
    by_bincount,
    by_loops,
)


def over_the_judged(votes, in_bag, y):
    found = by_a_table(votes, in_bag)
    judged = found >= 0
    return (found[judged] == y[judged]).mean()


def by_counting(votes, in_bag, y):
    right = judged = 0
    for found, truth in zip(by_loops(votes, in_bag), y, strict=True):
        if found == -1:
            continue
        judged += 1
        right += found == truth
    return right / judged


def by_sums(votes, in_bag, y):
    found = by_bincount(votes, in_bag)
    return np.sum(found == y) / np.sum(~in_bag.all(axis=0))


def by_fraction(votes, in_bag, y):
    pairs = [
        (found, truth)
        for found, truth in zip(by_loops(votes, in_bag), y, strict=True)
        if found != -1
    ]
    return Fraction(sum(int(a == b) for a, b in pairs), len(pairs))


def by_average(votes, in_bag, y):
    found = by_bincount(votes, in_bag)
    return np.average(found == y, weights=found != -1)


def with_nan(votes, in_bag, y):
    found = by_bincount(votes, in_bag)
    return np.nanmean(np.where(found == -1, np.nan, found == y))


def by_sklearn(votes, in_bag, y):
    from sklearn.metrics import accuracy_score

    found = by_bincount(votes, in_bag)
    return accuracy_score(y, found, sample_weight=found != -1)


FORMS = [
    over_the_judged,
    by_counting,
    by_sums,
    by_fraction,
    by_average,
    with_nan,
    by_sklearn,
]
