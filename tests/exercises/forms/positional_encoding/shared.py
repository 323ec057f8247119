"""What the forms of several exercises use."""

import math

import numpy as np


def encoding_by_slices(n, d_model):
    if d_model % 2:
        raise ValueError(f"d_model should be even; got {d_model}")
    angles = np.arange(n)[:, None] / 10000 ** (
        np.arange(0, d_model, 2) / d_model
    )
    table = np.empty((n, d_model))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table


def encoding_by_loops(n, d_model):
    if d_model % 2 == 1:
        raise ValueError("pairs need an even width")
    rows = []
    for pos in range(n):
        row = []
        for i in range(d_model // 2):
            angle = pos / 10000 ** (2 * i / d_model)
            row += [math.sin(angle), math.cos(angle)]
        rows.append(row)
    return rows


def encoding_by_where(n, d_model):
    if d_model & 1:
        raise ValueError("odd")
    column = np.arange(d_model)
    angles = np.outer(np.arange(n), 1e4 ** (-(column // 2 * 2) / d_model))
    return np.where(column % 2 == 0, np.sin(angles), np.cos(angles))


def shift_by_loops(k, d_model):
    M = np.zeros((d_model, d_model))
    for i in range(0, d_model, 2):
        b = k / 10000 ** (i / d_model)
        M[i, i] = M[i + 1, i + 1] = math.cos(b)
        M[i, i + 1], M[i + 1, i] = math.sin(b), -math.sin(b)
    return M
