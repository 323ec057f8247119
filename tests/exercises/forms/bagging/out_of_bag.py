"""Right answers to `bagging.out_of_bag`."""

import numpy as np


def by_loops(n, indices):
    mask = []
    for point in range(n):
        mask.append(point not in indices)
    return mask


def by_marks(n, indices):
    mask = np.ones(n, dtype=bool)
    mask[indices] = False
    return mask


def by_marks_one_by_one(n, indices):
    mask = [True] * n
    for point in indices:
        mask[point] = False
    return tuple(mask)


def by_zeros(n, indices):
    seen = np.zeros(n)
    np.add.at(seen, indices, 1)
    return seen == 0


def by_a_table(n, indices):
    return (np.arange(n)[:, None] != np.asarray(indices)).all(axis=1)


def by_tensors(n, indices):
    import torch

    return ~torch.isin(torch.arange(n), torch.from_numpy(indices))


FORMS = [
    by_loops,
    by_marks,
    by_marks_one_by_one,
    by_zeros,
    by_a_table,
    by_tensors,
    lambda n, indices: np.bincount(indices, minlength=n) == 0,
    lambda n, indices: ~np.isin(np.arange(n), indices),
    lambda n, indices: np.isin(range(n), indices, invert=True),
    lambda n, indices: [k not in set(indices.tolist()) for k in range(n)],
]
