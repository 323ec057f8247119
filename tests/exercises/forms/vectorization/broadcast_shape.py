"""Right answers to `vectorization.broadcast_shape`."""

from itertools import zip_longest

import numpy as np


def by_an_index(a, b):
    shape = []
    for i in range(1, max(len(a), len(b)) + 1):
        m = a[-i] if i <= len(a) else 1
        n = b[-i] if i <= len(b) else 1
        if m == 1:
            shape.insert(0, n)
        elif n in (1, m):
            shape.insert(0, m)
        else:
            raise ValueError(f"{m} and {n} clash in axis −{i}")
    return shape


def by_sets(a, b):
    shape = ()
    for pair in zip_longest(reversed(a), reversed(b), fillvalue=1):
        stretched = set(pair) - {1} or {1}
        if len(stretched) > 1:
            raise ValueError(pair)
        shape = (*stretched, *shape)
    return shape


def recursively(a, b):
    if not a or not b:
        return a or b
    *before_a, m = a
    *before_b, n = b
    if m != n and m != 1 and n != 1:
        raise ValueError("these do not fit")
    return (*recursively(tuple(before_a), tuple(before_b)), max(m, n))


def by_arrays(a, b):
    longest = max(len(a), len(b))
    one, other = np.ones((2, longest), dtype=int)
    if a:
        one[-len(a) :] = a
    if b:
        other[-len(b) :] = b
    clash = (one != other) & (one != 1) & (other != 1)
    if clash.any():
        raise ValueError(f"axes {np.flatnonzero(clash)} clash")
    return np.maximum(one, other)


def by_trying(a, b):
    return (np.empty(a) + np.empty(b)).shape


FORMS = [by_an_index, by_sets, recursively, by_arrays, by_trying]
