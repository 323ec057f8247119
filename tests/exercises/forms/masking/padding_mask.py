"""Right answers to `masking.padding_mask`."""

import numpy as np


def padding_by_loops(ids, pad_id):
    return [[token != pad_id for token in row] for row in ids]


def padding_by_torch(ids, pad_id):
    import torch

    return torch.from_numpy(ids) != pad_id


def padding_from_all_true(ids, pad_id):
    mask = np.ones_like(ids, dtype=bool)
    mask[ids == pad_id] = False
    return mask


FORMS = [
    padding_by_loops,
    padding_by_torch,
    padding_from_all_true,
    lambda ids, pad_id: ids != pad_id,
    lambda ids, pad_id: ~np.isin(ids, [pad_id]),
    lambda ids, pad_id: (ids != pad_id).astype(int),
]
