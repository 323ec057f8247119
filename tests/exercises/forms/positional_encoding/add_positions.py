"""Right answers to `positional_encoding.add_positions`."""

import numpy as np

from .shared import (
    encoding_by_loops,
    encoding_by_slices,
    encoding_by_where,
)


def add_by_loops(X):
    result = [list(row) for row in X]
    for pos, code in enumerate(encoding_by_loops(*X.shape)):
        for j, number in enumerate(code):
            result[pos][j] += number
    return result


def add_to_a_copy(X):
    result = X.copy()
    result += encoding_by_where(len(X), X.shape[1])
    return result


FORMS = [
    add_by_loops,
    add_to_a_copy,
    lambda X: X + encoding_by_slices(*X.shape),
    lambda X: np.sum([X, encoding_by_loops(*X.shape)], axis=0),
]
