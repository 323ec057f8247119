"""What several exercises of lesson 02 use."""

import numpy as np

from ..pieces.inputs import readable

# The lesson's own four points, a column of ones before their x.
FOUR_X = np.array([[1, 1], [1, 2], [1, 3], [1, 4]])
FOUR_Y = np.array([2, 3, 4, 5])


def whole(rng, *shape):
    """Whole numbers from −9 to 9, as integers, never 0."""
    return rng.integers(1, 10, size=shape) * rng.choice([-1, 1], size=shape)


def examples(rng, n, d):
    """n examples of d numbers, and what each should give."""
    return {"X": readable(rng, n, d), "y": readable(rng, n)}


def mean_squared(residuals):
    return residuals @ residuals / len(residuals)


def slopes(X, theta, y, *, loss=mean_squared):
    """The gradient of a loss by complex steps, a weight at a time.

    A step of ih in a weight moves the loss by ih times its slope. Nothing is
    subtracted, so that with h this small it is exact to rounding.
    """
    h = 1e-20
    steps = 1j * h * np.eye(len(theta))
    moved = [np.dot(X, theta + step) - y for step in steps]
    return np.array([loss(residuals).imag / h for residuals in moved])
