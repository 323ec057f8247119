"""Right answers to `multi_head.merge_heads`."""

import numpy as np

from .shared import merge_by_swapaxes


def merge_by_concatenate(x):
    return np.concatenate(
        [x[..., h, :, :] for h in range(x.shape[-3])], axis=-1
    )


def merge_by_torch(x):
    import torch

    return torch.cat(torch.from_numpy(x).unbind(-3), dim=-1)


def merge_by_loops(x):
    if x.ndim > 3:
        return [merge_by_loops(sentence) for sentence in x]
    rows = []
    for i in range(x.shape[1]):
        rows.append([value for head in x for value in head[i]])
    return rows


def merge_by_writing(x):
    *front, h, n, w = x.shape
    merged = np.zeros((*front, n, h * w))
    for j in range(h):
        merged[..., j * w : (j + 1) * w] = x[..., j, :, :]
    return merged


FORMS = [
    merge_by_swapaxes,
    merge_by_concatenate,
    merge_by_torch,
    merge_by_loops,
    merge_by_writing,
]
