"""Right answers to `multi_head.split_heads`."""

import numpy as np

from .shared import split_by_swapaxes


def split_by_slices(x, num_heads):
    width, rest = divmod(x.shape[-1], num_heads)
    if rest:
        raise ValueError(f"a rest of {rest}")
    pieces = []
    for h in range(num_heads):
        pieces.append(x[..., h * width : (h + 1) * width])
    return np.stack(pieces, axis=-3)


def split_by_numpy_split(x, num_heads):
    # np.split refuses a division that leaves a rest with a ValueError.
    return np.stack(np.split(x, num_heads, axis=-1), axis=-3)


def split_by_moveaxis(x, num_heads):
    # A reshape that does not go is a ValueError by itself.
    width = x.shape[-1] // num_heads
    table = np.reshape(x, (*x.shape[:-1], num_heads, width))
    return np.moveaxis(table, -2, -3)


def split_by_torch(x, num_heads):
    import torch

    if x.shape[-1] % num_heads:
        raise ValueError("num_heads should divide d")
    x = torch.from_numpy(x)
    pieces = x.chunk(num_heads, dim=-1)
    return torch.stack(pieces, dim=-3)


def split_by_loops(x, num_heads):
    if x.ndim > 2:
        return [split_by_loops(sentence, num_heads) for sentence in x]
    n, d = x.shape
    if d % num_heads:
        raise ValueError((d, num_heads))
    width = d // num_heads
    heads = np.empty((num_heads, n, width))
    for h in range(num_heads):
        for i in range(n):
            for c in range(width):
                heads[h, i, c] = x[i, h * width + c]
    return heads


def split_by_einsum(x, num_heads):
    if x.shape[-1] % num_heads:
        raise ValueError("does not divide")
    table = x.reshape(*x.shape[:-1], num_heads, x.shape[-1] // num_heads)
    return np.einsum("...nhw->...hnw", table)


FORMS = [
    split_by_swapaxes,
    split_by_slices,
    split_by_numpy_split,
    split_by_moveaxis,
    split_by_torch,
    split_by_loops,
    split_by_einsum,
]
