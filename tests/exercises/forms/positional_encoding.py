"""Right answers to lesson 11 in forms that a learner may choose."""

import math

import numpy as np

# --- sinusoidal_encoding ---------------------------------------------------


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


# --- add_positions ---------------------------------------------------------


def add_by_loops(X):
    result = [list(row) for row in X]
    for pos, code in enumerate(encoding_by_loops(*X.shape)):
        for j, number in enumerate(code):
            result[pos][j] += number
    return result


def add_to_a_copy(X):
    result = X.copy()
    result += encoding_by_where(len(X), X.shape[1])
    return result


# --- permutation_gap -------------------------------------------------------


def gap_by_loops(attention, X, order):
    before, after = attention(X), attention(X[order])
    largest = 0.0
    for place, old in enumerate(order):
        for a, b in zip(before[old], after[place], strict=True):
            largest = max(largest, abs(a - b))
    return largest


def gap_by_matrix(attention, X, order):
    P = np.eye(len(X))[order]
    return np.linalg.norm(
        (P @ attention(X) - attention(P @ X)).ravel(), ord=np.inf
    )


def gap_by_undoing(attention, X, order):
    back = np.argsort(order)
    return np.abs(attention(X) - attention(X[order])[back]).max()


# --- shift_matrix ----------------------------------------------------------


def shift_by_loops(k, d_model):
    M = np.zeros((d_model, d_model))
    for i in range(0, d_model, 2):
        b = k / 10000 ** (i / d_model)
        M[i, i] = M[i + 1, i + 1] = math.cos(b)
        M[i, i + 1], M[i + 1, i] = math.sin(b), -math.sin(b)
    return M


def shift_by_diagonals(k, d_model):
    b = k * 10000.0 ** (-np.arange(0, d_model, 2) / d_model)
    sines = np.zeros(d_model - 1)
    sines[::2] = np.sin(b)
    return (
        np.diag(np.repeat(np.cos(b), 2))
        + np.diag(sines, 1)
        - np.diag(sines, -1)
    )


def shift_by_kron(k, d_model):
    M = 0
    for i in range(d_model // 2):
        b = k / 10000 ** (2 * i / d_model)
        place = np.zeros((d_model // 2, d_model // 2))
        place[i, i] = 1
        turn = [[np.cos(b), np.sin(b)], [-np.sin(b), np.cos(b)]]
        M = M + np.kron(place, turn)
    return M


def shift_by_power(k, d_model):
    return np.linalg.matrix_power(shift_by_loops(1, d_model), k)


def shift_by_fitting(k, d_model):
    # Thousands of positions fix the matrix, with no trigonometry at all.
    first = max(-k, 0)
    table = encoding_by_slices(5000 + abs(k), d_model)
    here = table[first : first + 4900]
    there = table[first + k : first + k + 4900]
    return np.linalg.lstsq(here, there, rcond=None)[0].T


# --- rotary ----------------------------------------------------------------


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


FORMS = {
    "positional_encoding.sinusoidal_encoding": [
        encoding_by_slices,
        encoding_by_loops,
        encoding_by_where,
        encoding_by_phase,
        encoding_by_torch,
        encoding_step_by_step,
        encoding_in_float32,
    ],
    "positional_encoding.add_positions": [
        add_by_loops,
        add_to_a_copy,
        lambda X: X + encoding_by_slices(*X.shape),
        lambda X: np.sum([X, encoding_by_loops(*X.shape)], axis=0),
    ],
    "positional_encoding.permutation_gap": [
        gap_by_loops,
        gap_by_matrix,
        gap_by_undoing,
        lambda attention, X, order: float(
            np.max(np.abs(attention(X)[order] - attention(X[order])))
        ),
    ],
    "positional_encoding.shift_matrix": [
        shift_by_loops,
        shift_by_diagonals,
        shift_by_kron,
        shift_by_power,
        shift_by_fitting,
    ],
    "positional_encoding.rotary": [
        rotary_by_slices,
        rotary_by_complex_view,
        rotary_by_matrices,
        rotary_by_half_turns,
        rotary_by_loops,
        rotary_by_torch,
    ],
}
