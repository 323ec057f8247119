"""Right answers to `positional_encoding.permutation_gap`."""

import numpy as np


def gap_by_loops(attention, X, order):
    before, after = attention(X), attention(X[order])
    largest = 0.0
    for place, old in enumerate(order):
        for a, b in zip(before[old], after[place], strict=True):
            largest = max(largest, abs(a - b))
    return largest


def gap_by_matrix(attention, X, order):
    P = np.eye(len(X))[order]
    return np.linalg.norm(
        (P @ attention(X) - attention(P @ X)).ravel(), ord=np.inf
    )


def gap_by_undoing(attention, X, order):
    back = np.argsort(order)
    return np.abs(attention(X) - attention(X[order])[back]).max()


FORMS = [
    gap_by_loops,
    gap_by_matrix,
    gap_by_undoing,
    lambda attention, X, order: float(
        np.max(np.abs(attention(X)[order] - attention(X[order])))
    ),
]
