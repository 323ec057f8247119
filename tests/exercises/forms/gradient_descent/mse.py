"""Right answers to `gradient_descent.mse`."""

import numpy as np


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


FORMS = [
    mse_by_loop,
    mse_by_torch,
    mse_by_sklearn,
    lambda theta, x, y: np.mean((theta * x - y) ** 2),
    lambda theta, x, y: np.square(y - x * theta).sum() / x.shape[0],
    lambda theta, x, y: float(np.linalg.norm(theta * x - y) ** 2 / len(y)),
    lambda theta, x, y: (
        sum([(theta * a - b) ** 2 for a, b in zip(x, y, strict=True)]) / len(x)
    ),
    lambda theta, x, y: np.mean(
        (np.float32(theta) * x.astype("float32") - y.astype("float32")) ** 2
    ),
]
