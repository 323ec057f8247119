"""Right answers to `bagging.bootstrap_sample`."""

import math

import numpy as np


def draw_one_by_one(n, size, rng):
    drawn = []
    for _ in range(size):
        drawn.append(int(rng.integers(0, n)))
    return drawn


def draw_sorted(n, size, rng):
    """A sample is a bag: its order means nothing."""
    return np.sort(rng.integers(n, size=size))


def draw_by_counts(n, size, rng):
    counts = rng.multinomial(size, np.full(n, 1 / n))
    return np.repeat(np.arange(n), counts)


def draw_fractions(n, size, rng):
    return np.floor(n * rng.random(size)).astype(int)


def draw_inclusive(n, size, rng):
    return rng.integers(0, n - 1, size=(size,), endpoint=True)


def draw_from_a_deck(n, size, rng):
    """The top card of a deck that is shuffled each time."""
    return tuple(int(rng.permutation(n)[0]) for _ in range(size))


def draw_as_tensor(n, size, rng):
    import torch

    return torch.from_numpy(rng.integers(n, size=size))


def draw_in_int32(n, size, rng):
    return rng.integers(n, size=size, dtype=np.int32)


FORMS = [
    draw_one_by_one,
    draw_sorted,
    draw_by_counts,
    draw_fractions,
    draw_inclusive,
    draw_from_a_deck,
    draw_as_tensor,
    draw_in_int32,
    lambda n, size, rng: rng.integers(n, size=size),
    lambda n, size, rng: rng.choice(n, size),
    lambda n, size, rng: rng.choice(np.arange(n), size=size, replace=True),
    lambda n, size, rng: [math.floor(n * rng.random()) for _ in range(size)],
]
