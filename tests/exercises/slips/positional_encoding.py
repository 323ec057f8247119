"""Slips in lesson 11."""

import numpy as np


def gap(reduce, one=None):
    def answer(attention, X, order):
        after = attention(X)[order]
        before = attention(X[order])
        return reduce(after - before)

    return answer


def gap_without_order(attention, X, order):
    return np.abs(attention(X) - attention(X[order])).max()


def encode(
    n,
    d_model,
    *,
    base=10000,
    first=0,
    exponent=lambda i, d: 2 * i / d,
    swap=False,
    halves=False,
    refuse=True,
):
    if refuse and d_model % 2:
        raise ValueError(f"d_model must be even, not {d_model}")
    i = np.arange(d_model // 2)
    angles = np.arange(first, n + first)[:, None] / base ** exponent(
        i, d_model
    )
    s, c = np.sin(angles), np.cos(angles)
    if swap:
        s, c = c, s
    if halves:
        return np.concatenate([s, c], axis=1)
    out = np.zeros((n, d_model))
    out[:, 0::2], out[:, 1::2] = s, c
    return out


def no_refusal(n, d_model):
    pos = np.arange(n)[:, None]
    j = np.arange(d_model)
    angles = pos / 10000 ** (2 * (j // 2) / d_model)
    return np.where(j % 2 == 0, np.sin(angles), np.cos(angles))


def odd_columns_by_their_own(n, d_model):
    if d_model % 2:
        raise ValueError("odd")
    j = np.arange(d_model)
    angles = np.arange(n)[:, None] / 10000 ** (j / d_model)
    return np.where(j % 2 == 0, np.sin(angles), np.cos(angles))


def in_place(X):
    X += encode(*X.shape)
    return X


def shift(k, d_model, sign=1, exponent=lambda i, d: 2 * i / d, by=1):
    M = np.zeros((d_model, d_model))
    for i in range(d_model // 2):
        a = k / 10000 ** exponent(i, d_model)
        c, s = np.cos(a), sign * np.sin(a)
        M[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = [[c, s], [-s, c]]
    return M


def same_angle(k, d_model):
    M = np.zeros((d_model, d_model))
    for i in range(d_model // 2):
        c, s = np.cos(k), np.sin(k)
        M[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = [[c, s], [-s, c]]
    return M


def rotate(x, *, sign=1, first=0, halves=False, exponent=2):
    n, d = x.shape[-2:]
    i = np.arange(d // 2)
    angles = np.arange(first, n + first)[:, None] / 10000 ** (exponent * i / d)
    c, s = np.cos(angles), sign * np.sin(angles)
    if halves:
        a, b = x[..., : d // 2], x[..., d // 2 :]
        return np.concatenate([a * c - b * s, a * s + b * c], axis=-1)
    a, b = x[..., 0::2], x[..., 1::2]
    out = np.empty(x.shape)
    out[..., 0::2], out[..., 1::2] = a * c - b * s, a * s + b * c
    return out


def rotate_overwriting(x):
    n, d = x.shape[-2:]
    angles = np.arange(n)[:, None] / 10000 ** (2 * np.arange(d // 2) / d)
    c, s = np.cos(angles), np.sin(angles)
    out = np.array(x, float)
    out[..., 0::2] = out[..., 0::2] * c - out[..., 1::2] * s
    out[..., 1::2] = out[..., 0::2] * s + out[..., 1::2] * c
    return out


WRONG = {
    "positional_encoding.permutation_gap": {
        "not shuffled after": gap_without_order,
        "no absolute": gap(np.max),
        "mean": gap(lambda d: np.abs(d).mean()),
        "sum": gap(lambda d: np.abs(d).sum()),
        "a table": gap(np.abs),
        "always sorted": lambda attention, X, order: np.abs(
            attention(X)[::-1] - attention(X[::-1])
        ).max(),
    },
    "positional_encoding.sinusoidal_encoding": {
        "sin and cos swapped": lambda n, d_model: encode(
            n, d_model, swap=True
        ),
        "halves": lambda n, d_model: encode(n, d_model, halves=True),
        "from 1": lambda n, d_model: encode(n, d_model, first=1),
        "no refusal": no_refusal,
        "i, not 2i": lambda n, d_model: encode(
            n, d_model, exponent=lambda i, d: i / d
        ),
        "own angle": odd_columns_by_their_own,
    },
    "positional_encoding.add_positions": {
        "in place": in_place,
        "times": lambda X: X * encode(*X.shape),
        "from 1": lambda X: X + encode(*X.shape, first=1),
        "encoding alone": lambda X: encode(*X.shape),
        "position number": lambda X: X + np.arange(len(X))[:, None],
        "beside": lambda X: np.concatenate([X, encode(*X.shape)], axis=1),
    },
    "positional_encoding.shift_matrix": {
        "backwards": lambda k, d_model: shift(k, d_model, sign=-1),
        "one angle": same_angle,
        "i, not 2i": lambda k, d_model: shift(
            k, d_model, exponent=lambda i, d: i / d
        ),
        "one step": lambda k, d_model: shift(1, d_model),
        "whole multiples": lambda k, d_model: k * shift(1, d_model),
        "identity": lambda k, d_model: np.eye(d_model, k=k),
    },
    "positional_encoding.rotary": {
        "backwards": lambda x: rotate(x, sign=-1),
        "from 1": lambda x: rotate(x, first=1),
        "halves": lambda x: rotate(x, halves=True),
        "overwrites": rotate_overwriting,
        "adds": lambda x: x + encode(*x.shape[-2:]),
        "i, not 2i": lambda x: rotate(x, exponent=1),
    },
}
