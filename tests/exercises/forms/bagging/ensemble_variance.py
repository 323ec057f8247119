"""Right answers to `bagging.ensemble_variance`."""

from fractions import Fraction

import numpy as np


def require(correlation, trees):
    if trees < 1:
        raise ValueError(f"there should be a tree at least, got {trees}")
    if correlation < 0 or correlation > 1:
        raise ValueError(f"no correlation from 0 to 1: {correlation}")


def by_parts(variance, correlation, trees):
    if trees < 1 or not 0 <= correlation <= 1:
        raise ValueError("one tree at least, and a correlation from 0 to 1")
    return correlation * variance + (1 - correlation) * variance / trees


def by_pairs(variance, correlation, trees):
    require(correlation, trees)
    pairs = trees * (trees - 1)
    covariance = correlation * variance
    return (trees * variance + pairs * covariance) / trees**2


def by_one_factor(variance, correlation, trees):
    require(correlation, trees)
    return variance * (1 + (trees - 1) * correlation) / trees


def by_matrix(variance, correlation, trees):
    require(correlation, trees)
    covariance = np.full((trees, trees), correlation * variance)
    np.fill_diagonal(covariance, variance)
    weights = np.full(trees, 1 / trees)
    return weights @ covariance @ weights


def by_fractions(variance, correlation, trees):
    require(correlation, trees)
    v, r = Fraction(variance), Fraction(correlation)
    return r * v + (1 - r) * v / trees


def by_double_loop(variance, correlation, trees):
    require(correlation, trees)
    total = 0.0
    for i in range(trees):
        for j in range(trees):
            total += variance if i == j else correlation * variance
    return total / trees / trees


def by_interpolation(variance, correlation, trees):
    try:
        require(correlation, trees)
    except ValueError as error:
        raise ValueError("this makes no sense") from error
    return np.interp(correlation, [0, 1], [variance / trees, variance])


FORMS = [
    by_parts,
    by_pairs,
    by_one_factor,
    by_matrix,
    by_fractions,
    by_double_loop,
    by_interpolation,
]
