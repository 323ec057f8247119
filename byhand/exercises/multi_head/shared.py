"""What several exercises of lesson 10 use."""

import numpy as np


def torch_split(x, num_heads):
    import torch  # takes seconds, and only a lesson that needs it waits

    parts = torch.from_numpy(np.asarray(x)).unflatten(-1, (num_heads, -1))
    return parts.movedim(-2, -3).numpy()


def cut(x, heads, width):
    """The last axis as a table of `heads` rows and `width` columns."""
    return np.reshape(x, (*np.shape(x)[:-1], heads, width))


def split_by_reshape(x, num_heads):
    n, d = np.shape(x)[-2:]
    wanted = (*np.shape(x)[:-2], num_heads, n, d // num_heads)
    return np.reshape(x, wanted)


def split_interleaved(x, num_heads):
    width = np.shape(x)[-1] // num_heads
    return np.moveaxis(cut(x, width, num_heads), -1, -3)


def split_not_moved(x, num_heads):
    return cut(x, num_heads, np.shape(x)[-1] // num_heads)


def torch_merge(x):
    import torch

    return torch.from_numpy(np.asarray(x)).movedim(-3, -2).flatten(-2).numpy()


def merge_by_reshape(x):
    h, n, width = np.shape(x)[-3:]
    return np.reshape(x, (*np.shape(x)[:-3], n, h * width))


def merge_interleaved(x):
    h, n, width = np.shape(x)[-3:]
    return np.moveaxis(x, -3, -1).reshape(*np.shape(x)[:-3], n, width * h)
