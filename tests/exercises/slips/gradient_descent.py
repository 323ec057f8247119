"""Slips in lesson 01."""

import math

import numpy as np


def step(x, grad, lr):
    return x - lr * grad


def slope(theta, x, y):
    return np.mean(2 * (theta * x - y) * x)


def sgd(theta, x, y, lr, at=None, keep=True, sign=1, by=2):
    start, thetas = theta, []
    for a, b in zip(x, y, strict=True):
        at = start if at == "start" else theta
        theta = theta - sign * lr * by * (at * a - b) * a
        thetas.append(theta)
    return thetas


def sgd_at_the_start(theta, x, y, lr):
    start, thetas = theta, []
    for a, b in zip(x, y, strict=True):
        theta = theta - lr * 2 * (start * a - b) * a
        thetas.append(theta)
    return thetas


def sgd_by_steps(theta, x, y, lr):
    steps = []
    for a, b in zip(x, y, strict=True):
        theta_step = lr * 2 * (theta * a - b) * a
        theta = theta - theta_step
        steps.append(theta_step)
    return steps


def sgd_from_the_start(theta, x, y, lr):
    thetas = [theta]
    for a, b in zip(x, y, strict=True):
        theta = theta - lr * 2 * (theta * a - b) * a
        thetas.append(theta)
    return thetas


def sgd_appends_first(theta, x, y, lr):
    thetas = []
    for a, b in zip(x, y, strict=True):
        thetas.append(theta)
        theta = theta - lr * 2 * (theta * a - b) * a
    return thetas


def sgd_returns_in_the_loop(theta, x, y, lr):
    thetas = []
    for a, b in zip(x, y, strict=True):
        theta = theta - lr * 2 * (theta * a - b) * a
        thetas.append(theta)
        return thetas


def batches(theta, x, y, lr, size, end=None, by=None, start=0):
    thetas = []
    for i in range(start, len(x) if end is None else end, size):
        a, b = x[i : i + size], y[i : i + size]
        total = np.sum(2 * (theta * a - b) * a)
        theta = theta - lr * total / (by or len(a))
        thetas.append(theta)
    return thetas


def batches_at_the_start(theta, x, y, lr, batch_size):
    first, thetas = theta, []
    for i in range(0, len(x), batch_size):
        a, b = x[i : i + batch_size], y[i : i + batch_size]
        theta = theta - lr * slope(first, a, b)
        thetas.append(theta)
    return thetas


def batches_that_slide(theta, x, y, lr, batch_size):
    thetas = []
    for i in range(len(x) - batch_size + 1):
        a, b = x[i : i + batch_size], y[i : i + batch_size]
        theta = theta - lr * slope(theta, a, b)
        thetas.append(theta)
    return thetas


def batches_with_labels_of_the_first(theta, x, y, lr, batch_size):
    thetas = []
    for i in range(0, len(x), batch_size):
        a = x[i : i + batch_size]
        theta = theta - lr * slope(theta, a, y[: len(a)])
        thetas.append(theta)
    return thetas


def refusing(count):
    def updates(m, batch_size):
        if m < 1 or batch_size < 1:
            raise ValueError("both must be positive")
        return count(m, batch_size)

    return updates


def refuses_by_assert(m, batch_size):
    assert m > 0
    assert batch_size > 0
    return math.ceil(m / batch_size)


def lets_zero_through(m, batch_size):
    if m < 0 or batch_size < 0:
        raise ValueError("must not be negative")
    return math.ceil(m / batch_size) if batch_size else 0


WRONG = {
    "gradient_descent.gradient_step": {
        "uphill": lambda x, grad, lr: x + lr * grad,
        "the other way round": lambda x, grad, lr: lr * grad - x,
        "no learning rate": lambda x, grad, lr: x - grad,
        "divides": lambda x, grad, lr: x - grad / lr,
        "the step alone": lambda x, grad, lr: -lr * grad,
        "brackets": lambda x, grad, lr: (x - lr) * grad,
    },
    "gradient_descent.mse": {
        "a sum": lambda theta, x, y: np.sum((theta * x - y) ** 2),
        "absolute": lambda theta, x, y: np.mean(np.abs(theta * x - y)),
        "the root": lambda theta, x, y: np.sqrt(np.mean((theta * x - y) ** 2)),
        "halved": lambda theta, x, y: np.mean((theta * x - y) ** 2) / 2,
        "not squared": lambda theta, x, y: np.mean(theta * x - y),
        "square of the mean": lambda theta, x, y: np.mean(theta * x - y) ** 2,
    },
    "gradient_descent.mse_gradient": {
        "no 2": lambda theta, x, y: np.mean((theta * x - y) * x),
        "no x": lambda theta, x, y: np.mean(2 * (theta * x - y)),
        "a sum": lambda theta, x, y: np.sum(2 * (theta * x - y) * x),
        "sign": lambda theta, x, y: np.mean(2 * (y - theta * x) * x),
        "theta for x": lambda theta, x, y: (
            np.mean(2 * (theta * x - y)) * theta
        ),
        "squared error": lambda theta, x, y: np.mean(
            2 * (theta * x - y) ** 2 * x
        ),
    },
    "gradient_descent.batch_epoch": {
        "uphill": lambda theta, x, y, lr: theta + lr * slope(theta, x, y),
        "a sum": lambda theta, x, y, lr: (
            theta - lr * np.sum(2 * (theta * x - y) * x)
        ),
        "every example": lambda theta, x, y, lr: sgd(theta, x, y, lr)[-1],
        "the gradient": lambda theta, x, y, lr: slope(theta, x, y),
        "the loss": lambda theta, x, y, lr: step(
            theta, np.mean((theta * x - y) ** 2), lr
        ),
        "x and y swapped": lambda theta, x, y, lr: step(
            theta, slope(theta, y, x), lr
        ),
    },
    "gradient_descent.sgd_epoch": {
        "at the start": sgd_at_the_start,
        "steps": sgd_by_steps,
        "from the start": sgd_from_the_start,
        "appends first": sgd_appends_first,
        "in the loop": sgd_returns_in_the_loop,
        "last one only": lambda theta, x, y, lr: sgd(theta, x, y, lr)[-1],
    },
    "gradient_descent.minibatch_epoch": {
        "mean of batch_size": lambda theta, x, y, lr, batch_size: batches(
            theta, x, y, lr, batch_size, by=batch_size
        ),
        "the short one is dropped": lambda theta, x, y, lr, batch_size: (
            batches(
                theta,
                x,
                y,
                lr,
                batch_size,
                end=len(x) // batch_size * batch_size,
            )
        ),
        "a sum": lambda theta, x, y, lr, batch_size: batches(
            theta, x, y, lr, batch_size, by=1
        ),
        "at the start": batches_at_the_start,
        "slides": batches_that_slide,
        "labels of the first": batches_with_labels_of_the_first,
    },
    "gradient_descent.updates_per_epoch": {
        "rounded down": refusing(lambda m, b: m // b),
        "always one more": refusing(lambda m, b: m // b + 1),
        "rounded": refusing(lambda m, b: round(m / b)),
        "a fraction": refusing(lambda m, b: m / b),
        "assert": refuses_by_assert,
        "zero": lets_zero_through,
    },
}
