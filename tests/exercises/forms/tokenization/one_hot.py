"""Right answers to `tokenization.one_hot`."""

import numpy as np


def by_the_identity(ids, size):
    ids = np.asarray(ids)
    if (ids < 0).any() or (ids >= size).any():
        raise ValueError(f"ids should be from 0 to {size - 1}; got {ids}")
    return np.eye(size)[ids]


def by_a_loop(ids, size):
    rows = []
    for one in ids:
        if not 0 <= one < size:
            raise ValueError(f"{one} is no column of {size}")
        row = [0] * size
        row[one] = 1
        rows.append(row)
    return rows


def by_comparing(ids, size):
    if min(ids) < 0 or max(ids) > size - 1:
        raise ValueError("out of range")
    return ids[:, None] == np.arange(size)


def by_places(ids, size):
    if not set(ids.tolist()) <= set(range(size)):
        raise ValueError(f"{ids} and {size}")
    rows = np.zeros((len(ids), size), dtype=np.uint8)
    rows[np.arange(len(ids)), ids] = 1
    return rows


FORMS = [by_the_identity, by_a_loop, by_comparing, by_places]
