"""What several exercises of lesson 11 use."""

import numpy as np

BASE = 10_000


def speeds(d, power=lambda pair, d: 2 * pair / d):
    """How far each of the d/2 pairs turns from one position to the next."""
    return BASE ** -power(np.arange((d + 1) // 2), d)


def angles(n, d, first=0, power=lambda pair, d: 2 * pair / d):
    """(n, d/2): a row a position, a column a pair."""
    return np.multiply.outer(np.arange(first, first + n), speeds(d, power))


def together(first, second):
    """Two arrays (…, p), one number of each in turn: (…, 2p)."""
    pairs = np.stack([first, second], axis=-1)
    return pairs.reshape(*np.shape(first)[:-1], -1)


def turns_of(n, d):
    """exp(i · angle) as complex numbers, (n, d/2). ValueError: d is odd."""
    if d % 2:
        raise ValueError(f"pairs need an even width, got {d}")
    exponents = np.linspace(0, 1, d // 2, endpoint=False)
    return np.exp(1j * np.outer(np.arange(n), BASE**-exponents))


def right_encoding(n, d_model):
    turns = turns_of(n, d_model)
    return together(turns.imag, turns.real)


def encoding(n, d, **changed):
    """For the misconceptions; any width."""
    turns = angles(n, d, **changed)
    return together(np.sin(turns), np.cos(turns))[:, :d]


def halves(n, d):
    turns = angles(n, d)
    return np.concatenate([np.sin(turns), np.cos(turns)], axis=1)[:, :d]
