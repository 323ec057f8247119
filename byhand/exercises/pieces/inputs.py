"""Numbers for cases: such as a person can read."""

import numpy as np


def readable(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Random float64 numbers from −2.0 to 2.0 with one decimal, never 0."""
    tenths = rng.integers(1, 21, size=shape) * rng.choice([-1, 1], size=shape)
    return tenths / 10


def pair(
    rng: np.random.Generator, n: int, m: int, d: int
) -> dict[str, np.ndarray]:
    """n queries and m keys of width d."""
    return {"Q": readable(rng, n, d), "K": readable(rng, m, d)}
