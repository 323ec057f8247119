"""What several exercises of lesson 01 use."""

import numpy as np

from ..pieces.inputs import readable


# The losses: the right one, and those of the misconceptions. Each takes the
# prediction and y.
def mean_squared(prediction, y):
    return summed(prediction, y) / len(y)


def summed(prediction, y):
    errors = prediction - y
    return errors @ errors


def halved(prediction, y):
    return mean_squared(prediction, y) / 2


def loss_of(theta, x, y, *, loss=mean_squared):
    return float(loss(theta * x, y))


def slope_of(theta, x, y, *, loss=mean_squared):
    """The derivative of the loss at θ, by a complex step.

    A step of ih in θ moves the loss by ih times its slope. Nothing is
    subtracted, so that with h this small it is exact to rounding.
    """
    h = 1e-20
    return float(loss((theta + 1j * h) * x, y).imag / h)


def slope_without_x(theta, x, y):
    """The chain rule stopped too early: by the prediction, not by θ."""
    return 2 * float(np.mean(theta * x - y))


def descend(theta, batches, lr, *, slope=slope_of):
    """θ after the update by each (x, y) of `batches`, a list."""
    thetas = []
    for x, y in batches:
        theta = float(theta - lr * slope(theta, x, y))
        thetas.append(theta)
    return thetas


def in_batches(x, y, batch_size):
    """Lists of x and y, `batch_size` at a time; the last may be shorter."""
    starts = range(batch_size, len(x), batch_size)
    return list(zip(np.split(x, starts), np.split(y, starts), strict=True))


def rounded_up(m, batch_size):
    return -(-m // batch_size)


def all_from_the_start(theta, batches, lr):
    """Every gradient taken at the first θ, and the steps added up."""
    steps = [lr * slope_of(theta, x, y) for x, y in batches]
    return theta - np.cumsum(steps)


def before_each(theta, thetas):
    """θ before each update, from θ after each."""
    return [theta, *thetas[:-1]]


def rate(rng):
    """A learning rate in hundredths, from 0.02 to 0.09."""
    return float(rng.integers(2, 10)) / 100


def points(rng, m):
    """θ and m points: no two x alike, and no x of 1, which hides itself."""
    sizes = rng.choice([5, 6, 7, 8, 9, 12, 14, 15, 17, 18], m, replace=False)
    return {
        "theta": float(readable(rng)),
        "x": sizes * rng.choice([-1, 1], size=m) / 10,
        "y": readable(rng, m),
    }


def points_and_rate(rng, m):
    return {**points(rng, m), "lr": rate(rng)}


def errors_cancel(rng):
    """Four points whose errors add up to 0 and are not 0."""
    given = points(rng, 4)
    a, b = rng.choice([3, 4, 6, 7, 8], 2, replace=False) / 10
    given["y"] = given["theta"] * given["x"] + [a, -a, -b, b]
    return given


def stochastic(theta, x, y, lr, *, slope=slope_of):
    return descend(theta, in_batches(x, y, 1), lr, slope=slope)
