"""Right answers to `gradient_descent.minibatch_epoch`."""

import numpy as np

from .shared import (
    minibatch_by_optimiser,
    minibatch_by_slices,
)


def minibatch_by_counting(theta, x, y, lr, batch_size):
    thetas, total, seen = [], 0.0, 0
    for i in range(len(x)):
        total += 2 * (theta * x[i] - y[i]) * x[i]
        seen += 1
        if seen == batch_size or i == len(x) - 1:
            theta = theta - lr * total / seen
            thetas.append(float(theta))
            total, seen = 0.0, 0
    return thetas


def minibatch_by_split(theta, x, y, lr, batch_size):
    cuts = list(range(batch_size, len(x), batch_size))
    thetas = [theta]
    for a, b in zip(np.split(x, cuts), np.split(y, cuts), strict=True):
        step = 2 * lr * (a @ (thetas[-1] * a - b)) / len(a)
        thetas.append(thetas[-1] - step)
    return np.array(thetas[1:])


FORMS = [
    minibatch_by_slices,
    minibatch_by_counting,
    minibatch_by_split,
    minibatch_by_optimiser,
]
