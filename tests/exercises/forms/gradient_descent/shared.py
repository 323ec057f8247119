"""What the forms of several exercises use."""

import numpy as np


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


def minibatch_by_slices(theta, x, y, lr, batch_size):
    thetas = []
    for start in range(0, len(x), batch_size):
        a, b = x[start : start + batch_size], y[start : start + batch_size]
        theta -= lr * 2 * np.mean((theta * a - b) * a)
        thetas.append(theta)
    return thetas


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
