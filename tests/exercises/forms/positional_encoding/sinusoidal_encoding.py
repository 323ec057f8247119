"""Right answers to `positional_encoding.sinusoidal_encoding`."""

import math

import numpy as np

from .shared import (
    encoding_by_loops,
    encoding_by_slices,
    encoding_by_where,
    shift_by_loops,
)


def encoding_by_phase(n, d_model):
    # A cosine is a sine that is a quarter turn ahead.
    if d_model % 2:
        raise ValueError("odd")
    j = np.arange(d_model)
    speeds = np.exp(-math.log(10000) * (j - j % 2) / d_model)
    return np.sin(np.arange(n)[:, None] * speeds + j % 2 * np.pi / 2)


def encoding_by_torch(n, d_model):
    import torch

    if d_model % 2:
        raise ValueError("odd")
    pos = torch.arange(n, dtype=torch.float64)[:, None]
    i = torch.arange(0, d_model, 2, dtype=torch.float64)
    angle = pos * torch.exp(i * (-math.log(10000.0) / d_model))
    table = torch.zeros(n, d_model, dtype=torch.float64)
    table[:, 0::2], table[:, 1::2] = angle.sin(), angle.cos()
    return table


def encoding_step_by_step(n, d_model):
    # From each position to the next by one and the same rotation.
    if d_model % 2:
        raise ValueError("odd")
    step = shift_by_loops(1, d_model)
    rows = [np.tile([0.0, 1.0], d_model // 2)]
    while len(rows) < n:
        rows.append(step @ rows[-1])
    return np.array(rows)


def encoding_in_float32(n, d_model):
    return np.float32(encoding_by_slices(n, d_model))


FORMS = [
    encoding_by_slices,
    encoding_by_loops,
    encoding_by_where,
    encoding_by_phase,
    encoding_by_torch,
    encoding_step_by_step,
    encoding_in_float32,
]
