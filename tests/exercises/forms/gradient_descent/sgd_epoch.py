"""Right answers to `gradient_descent.sgd_epoch`."""

import numpy as np

from .shared import (
    minibatch_by_optimiser,
    minibatch_by_slices,
)


def sgd_by_loop(theta, x, y, lr):
    thetas = []
    for x_i, y_i in zip(x, y, strict=True):
        theta = theta - lr * 2 * (theta * x_i - y_i) * x_i
        thetas.append(theta)
    return thetas


def sgd_as_array(theta, x, y, lr):
    thetas = np.empty(len(x))
    for i in range(len(x)):
        before = theta if i == 0 else thetas[i - 1]
        thetas[i] = before - lr * 2 * (before * x[i] - y[i]) * x[i]
    return thetas


def sgd_recursive(theta, x, y, lr):
    if len(x) == 0:
        return []
    theta += lr * 2 * x[0] * (y[0] - theta * x[0])
    return [theta, *sgd_recursive(theta, x[1:], y[1:], lr)]


def sgd_by_optimiser(theta, x, y, lr):
    return tuple(minibatch_by_optimiser(theta, x, y, lr, 1))


FORMS = [
    sgd_by_loop,
    sgd_as_array,
    sgd_recursive,
    sgd_by_optimiser,
    lambda theta, x, y, lr: minibatch_by_slices(theta, x, y, lr, 1),
]
