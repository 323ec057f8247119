"""What several exercises of lesson 01 use."""

import numpy as np

from ..pieces.inputs import readable


def tensor(values):
    import torch  # takes seconds, and only the later exercises need it

    # NumPy's copy also takes lists, and views that run backwards.
    return torch.from_numpy(np.array(values, dtype=float))


def mean_squared(prediction, y):
    import torch

    return torch.nn.functional.mse_loss(prediction, y)


# The losses of the misconceptions; each takes the prediction and y, tensors.
def summed(prediction, y):
    return mean_squared(prediction, y) * y.numel()


def halved(prediction, y):
    return mean_squared(prediction, y) / 2


def loss_of(theta, x, y, loss=mean_squared):
    return loss(tensor(theta) * tensor(x), tensor(y)).item()


def slope_of(theta, x, y, loss=mean_squared):
    """The derivative of the loss at θ, by automatic differentiation."""
    weight = tensor(theta).requires_grad_()
    loss(weight * tensor(x), tensor(y)).backward()
    return weight.grad.item()


def slope_without_x(theta, x, y):
    """The chain rule stopped too early: by the prediction, not by θ."""
    return 2 * float(np.mean(theta * x - y))


def descend(theta, batches, lr, slope=slope_of):
    """θ after the update by each (x, y) of `batches`, a list."""
    import torch

    weight = tensor(theta)
    thetas = []
    for x, y in batches:
        # What torch.optim.SGD does, without its two seconds of start-up.
        step = tensor(slope(weight.item(), x, y))
        weight = torch.add(weight, step, alpha=-lr)
        thetas.append(weight.item())
    return thetas


def in_batches(x, y, batch_size):
    """Lists of x and y, `batch_size` at a time; the last may be shorter."""
    parts = (tensor(a).split(int(batch_size)) for a in (x, y))
    return [(a.numpy(), b.numpy()) for a, b in zip(*parts, strict=True)]


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


def stochastic(theta, x, y, lr, slope=slope_of):
    return descend(theta, in_batches(x, y, 1), lr, slope)
