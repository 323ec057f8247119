"""Numbers for cases: such as a person can read."""

import numpy as np


def readable(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Random float64 numbers from −2.0 to 2.0 with one decimal, never 0."""
    tenths = rng.integers(1, 21, size=shape) * rng.choice([-1, 1], size=shape)
    return tenths / 10
