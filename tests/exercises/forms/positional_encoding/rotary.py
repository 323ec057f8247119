"""Right answers to `positional_encoding.rotary`."""

import math

import numpy as np

from .shared import (
    encoding_by_where,
    shift_by_loops,
)


def rotary_by_slices(x):
    n, d = x.shape[-2:]
    angles = np.arange(n)[:, None] / 10000 ** (np.arange(0, d, 2) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    result = np.empty_like(x)
    result[..., 0::2] = a * np.cos(angles) - b * np.sin(angles)
    result[..., 1::2] = a * np.sin(angles) + b * np.cos(angles)
    return result


def rotary_by_complex_view(x):
    n, d = x.shape[-2:]
    speeds = 10000.0 ** (-np.arange(0, d, 2) / d)
    turns = np.exp(1j * np.outer(np.arange(n), speeds))
    return (np.ascontiguousarray(x).view(complex) * turns).view(float)


def rotary_by_matrices(x):
    # A shift matrix turns (sine, cosine) and so turns (first, second) back.
    d = x.shape[-1]
    matrices = [shift_by_loops(-pos, d) for pos in range(x.shape[-2])]
    return np.einsum("nij,...nj->...ni", np.array(matrices), x)


def rotary_by_half_turns(x):
    # x cos + (x turned by a quarter) sin, as libraries write it.
    n, d = x.shape[-2:]
    table = encoding_by_where(n, d)
    sine, cosine = (
        np.repeat(table[:, ::2], 2, 1),
        np.repeat(table[:, 1::2], 2, 1),
    )
    quarter = np.stack([-x[..., 1::2], x[..., ::2]], axis=-1).reshape(x.shape)
    return x * cosine + quarter * sine


def rotary_by_loops(x):
    if x.ndim > 2:
        return [rotary_by_loops(one) for one in x]
    result = []
    for pos, row in enumerate(x):
        new = []
        for i in range(0, len(row), 2):
            a = pos / 10000 ** (i / len(row))
            z = complex(row[i], row[i + 1]) * complex(math.cos(a), math.sin(a))
            new += [z.real, z.imag]
        result.append(new)
    return result


def rotary_by_torch(x):
    import torch

    x = torch.from_numpy(x)
    n, d = x.shape[-2:]
    speeds = 10000.0 ** (-torch.arange(0, d, 2).double() / d)
    angle = torch.arange(n).double()[:, None] * speeds
    a, b = x[..., ::2], x[..., 1::2]
    pair = (
        a * angle.cos() - b * angle.sin(),
        a * angle.sin() + b * angle.cos(),
    )
    return torch.stack(pair, dim=-1).flatten(-2)


FORMS = [
    rotary_by_slices,
    rotary_by_complex_view,
    rotary_by_matrices,
    rotary_by_half_turns,
    rotary_by_loops,
    rotary_by_torch,
]
