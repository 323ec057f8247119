"""Right answers to `gradient_descent.batch_epoch`."""

from functools import reduce

import numpy as np

from .shared import (
    gradient_by_autograd,
    gradient_by_loop,
    minibatch_by_optimiser,
)


def batch_by_optimiser(theta, x, y, lr):
    return minibatch_by_optimiser(theta, x, y, lr, len(x))[-1]


def batch_by_parabola(theta, x, y, lr):
    # The gradient is 2 mean(x²) θ − 2 mean(xy).
    curvature = 2 * np.mean(x**2)
    return (1 - lr * curvature) * theta + lr * 2 * np.mean(x * y)


FORMS = [
    batch_by_optimiser,
    batch_by_parabola,
    lambda theta, x, y, lr: theta - lr * gradient_by_loop(theta, x, y),
    lambda theta, x, y, lr: theta - lr * gradient_by_autograd(theta, x, y),
    lambda theta, x, y, lr: reduce(
        lambda t, pair: (
            t - lr / len(x) * 2 * (theta * pair[0] - pair[1]) * pair[0]
        ),
        zip(x, y, strict=True),
        theta,
    ),
]
