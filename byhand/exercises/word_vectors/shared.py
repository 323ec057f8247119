"""What several exercises of lesson 05 use."""

import numpy as np

from ..pieces.inputs import readable


def cosines(A, B, *, product=None, lengths=None, floor=1.0):
    """Dot products over the products of the lengths, (n, m).

    product: of two rows; lengths: of one. floor: stands for a divisor of 0.
    """
    product = product or (lambda a, b: float(np.dot(a, b)))
    lengths = lengths or (lambda row: float(np.sqrt(np.sum(np.square(row)))))
    found = np.zeros((len(A), len(B)))
    for i, a in enumerate(A):
        for j, b in enumerate(B):
            divisor = lengths(a) * lengths(b)
            found[i, j] = product(a, b) / (divisor or floor)
    return found


def different(rng, size, *shape):
    """Ids below `size`, no two of them alike."""
    return rng.choice(size, shape, replace=False)


def vectors(rng, n, d):
    """n rows of d numbers, none of them all zeros, none along another."""
    while True:
        rows = readable(rng, n, d)
        table = np.abs(cosines(rows, rows)) - np.eye(n)
        if table.max() < 0.99:
            return rows
