"""Right answers to lesson 01 in forms that a learner may choose."""

import math
from functools import reduce

import numpy as np

# --- gradient_step ---------------------------------------------------------


def step_in_place(x, grad, lr):
    x -= lr * grad
    return x


def step_by_torch(x, grad, lr):
    import torch

    weight = torch.tensor(x, dtype=torch.float64)
    weight.grad = torch.tensor(grad, dtype=torch.float64)
    torch.optim.SGD([weight], lr=lr).step()
    return weight


# --- mse -------------------------------------------------------------------


def mse_by_loop(theta, x, y):
    total = 0.0
    for i in range(len(x)):
        error = theta * x[i] - y[i]
        total = total + error * error
    return total / len(x)


def mse_by_torch(theta, x, y):
    import torch

    return torch.nn.functional.mse_loss(
        theta * torch.from_numpy(x), torch.from_numpy(y)
    )


def mse_by_sklearn(theta, x, y):
    from sklearn.metrics import mean_squared_error

    return mean_squared_error(y, theta * x)


# --- mse_gradient ----------------------------------------------------------


def gradient_by_loop(theta, x, y):
    total = 0.0
    for x_i, y_i in zip(x, y, strict=True):
        total += 2 * (theta * x_i - y_i) * x_i
    return total / len(x)


def gradient_by_autograd(theta, x, y):
    import torch

    weight = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    loss = ((weight * torch.from_numpy(x) - torch.from_numpy(y)) ** 2).mean()
    loss.backward()
    return weight.grad


def gradient_by_nudging(theta, x, y):
    # Exact up to rounding, because the loss is a parabola.
    def loss(t):
        return np.mean((t * x - y) ** 2)

    return (loss(theta + 0.5) - loss(theta - 0.5)) / 1.0


# --- the epochs ------------------------------------------------------------


def batch_by_optimiser(theta, x, y, lr):
    return minibatch_by_optimiser(theta, x, y, lr, len(x))[-1]


def batch_by_parabola(theta, x, y, lr):
    # The gradient is 2 mean(x²) θ − 2 mean(xy).
    curvature = 2 * np.mean(x**2)
    return (1 - lr * curvature) * theta + lr * 2 * np.mean(x * y)


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


def minibatch_by_slices(theta, x, y, lr, batch_size):
    thetas = []
    for start in range(0, len(x), batch_size):
        a, b = x[start : start + batch_size], y[start : start + batch_size]
        theta -= lr * 2 * np.mean((theta * a - b) * a)
        thetas.append(theta)
    return thetas


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


def minibatch_by_optimiser(theta, x, y, lr, batch_size):
    import torch

    weight = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([weight], lr=lr)
    data = torch.utils.data.TensorDataset(
        torch.from_numpy(x), torch.from_numpy(y)
    )
    thetas = []
    for a, b in torch.utils.data.DataLoader(data, batch_size=batch_size):
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(weight * a, b).backward()
        optimiser.step()
        thetas.append(weight.detach().clone())
    return thetas


# --- updates_per_epoch -----------------------------------------------------


def updates_by_loop(m, batch_size):
    if not (m > 0 and batch_size > 0):
        raise ValueError(f"both must be positive: {m}, {batch_size}")
    updates = 0
    while m > 0:
        m -= batch_size
        updates += 1
    return updates


def updates_by_remainder(m, batch_size):
    for number in (m, batch_size):
        if number <= 0:
            raise ValueError("expected a positive number")
    full, rest = divmod(m, batch_size)
    return full + 1 if rest else full


def updates_rounded_up(m, batch_size):
    if m < 1 or batch_size < 1:
        raise ValueError
    return math.ceil(m / batch_size)


def updates_by_numpy(m, batch_size):
    if np.any(np.array([m, batch_size]) <= 0):
        raise ValueError("m and batch_size must be positive")
    return np.ceil(m / batch_size)


class NotPositive(ValueError):
    pass


def updates_by_adding_almost_one(m, batch_size):
    if min(m, batch_size) <= 0:
        raise NotPositive(m, batch_size)
    return (m + batch_size - 1) // batch_size


FORMS = {
    "gradient_descent.gradient_step": [
        lambda x, grad, lr: x - lr * grad,
        lambda x, grad, lr: x + -grad * lr,
        step_in_place,
        step_by_torch,
        lambda x, grad, lr: np.subtract(x, np.multiply(lr, grad)),
        lambda x, grad, lr: np.dot([1, -lr], [x, grad]),
    ],
    "gradient_descent.mse": [
        mse_by_loop,
        mse_by_torch,
        mse_by_sklearn,
        lambda theta, x, y: np.mean((theta * x - y) ** 2),
        lambda theta, x, y: np.square(y - x * theta).sum() / x.shape[0],
        lambda theta, x, y: float(np.linalg.norm(theta * x - y) ** 2 / len(y)),
        lambda theta, x, y: (
            sum([(theta * a - b) ** 2 for a, b in zip(x, y, strict=True)])
            / len(x)
        ),
        lambda theta, x, y: np.mean(
            (np.float32(theta) * x.astype("float32") - y.astype("float32"))
            ** 2
        ),
    ],
    "gradient_descent.mse_gradient": [
        gradient_by_loop,
        gradient_by_autograd,
        gradient_by_nudging,
        lambda theta, x, y: np.mean(2 * (theta * x - y) * x),
        lambda theta, x, y: 2 / len(x) * x @ (theta * x - y),
        lambda theta, x, y: float(-2 * np.average(x * (y - theta * x))),
        lambda theta, x, y: 2 * theta * np.mean(x * x) - 2 * np.mean(x * y),
    ],
    "gradient_descent.batch_epoch": [
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
    ],
    "gradient_descent.sgd_epoch": [
        sgd_by_loop,
        sgd_as_array,
        sgd_recursive,
        sgd_by_optimiser,
        lambda theta, x, y, lr: minibatch_by_slices(theta, x, y, lr, 1),
    ],
    "gradient_descent.minibatch_epoch": [
        minibatch_by_slices,
        minibatch_by_counting,
        minibatch_by_split,
        minibatch_by_optimiser,
    ],
    "gradient_descent.updates_per_epoch": [
        updates_by_loop,
        updates_by_remainder,
        updates_rounded_up,
        updates_by_numpy,
        updates_by_adding_almost_one,
    ],
}
