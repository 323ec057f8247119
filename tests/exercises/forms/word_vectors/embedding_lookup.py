"""Right answers to `word_vectors.embedding_lookup`."""

import numpy as np


def by_recursion(E, ids):
    if np.ndim(ids) == 0:
        return E[int(ids)]
    return np.array([by_recursion(E, one) for one in ids])


def as_lists(E, ids):
    def rows(nested):
        if isinstance(nested, int):
            return E.tolist()[nested]
        return [rows(one) for one in nested]

    return rows(np.asarray(ids).tolist())


def by_torch(E, ids):
    import torch

    return torch.tensor(E)[torch.as_tensor(ids)]


def by_one_hot(E, ids):
    return np.eye(len(E))[ids] @ E


def through_a_flat_list(E, ids):
    ids = np.asarray(ids)
    return np.stack([E[i] for i in ids.ravel()]).reshape(*ids.shape, -1)


FORMS = [
    lambda E, ids: E[ids],
    lambda E, ids: np.take(E, ids, axis=0),
    lambda E, ids: E.astype(np.float32)[np.asarray(ids)],
    by_recursion,
    as_lists,
    by_torch,
    by_one_hot,
    through_a_flat_list,
]
