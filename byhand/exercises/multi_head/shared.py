"""What several exercises of lesson 10 use."""

import numpy as np


def to_heads(x, num_heads):
    """(…, n, d) → (…, h, n, d/h). ValueError: the heads do not divide d."""
    return np.stack(np.split(x, num_heads, axis=-1), axis=-3)


def side_by_side(x):
    """(…, h, n, w) → (…, n, h·w)."""
    return np.concatenate(np.moveaxis(x, -3, 0), axis=-1)


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


def merge_by_reshape(x):
    h, n, width = np.shape(x)[-3:]
    return np.reshape(x, (*np.shape(x)[:-3], n, h * width))


def merge_interleaved(x):
    h, n, width = np.shape(x)[-3:]
    return np.moveaxis(x, -3, -1).reshape(*np.shape(x)[:-3], n, width * h)
