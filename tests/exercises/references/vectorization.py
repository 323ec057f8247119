"""What a library says to the exercises of this lesson."""

import numpy as np
import scipy.spatial.distance
import scipy.stats
import torch
from torch.nn import functional

from tests.exercises.references.registry import judge_of


@judge_of("vectorization.weighted_sum")
def weighted_sum(x, y, a, b):
    return torch.add(a * x, y, alpha=b)


@judge_of("vectorization.broadcast_shape")
def broadcast_shape(a, b):
    return torch.broadcast_shapes(a, b)


@judge_of("vectorization.predict")
def predict(X, theta):
    return torch.mv(X.double(), theta)


@judge_of("vectorization.mse_gradient_vector")
def mse_gradient_vector(X, theta, y):
    weights = theta.clone().requires_grad_()
    functional.mse_loss(X.double() @ weights, y.double()).backward()
    return weights.grad


@judge_of("vectorization.descend")
def descend(X, y, lr, steps):
    weights = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        functional.mse_loss(X.double() @ weights, y.double()).backward()
        optimizer.step()
    return weights


@judge_of("vectorization.standardize")
def standardize(X):
    # Near 0, as it loses digits far from it. Moving a column changes nothing.
    return np.nan_to_num(scipy.stats.zscore((X - X[0]).numpy()))


@judge_of("vectorization.pairwise_dot")
def pairwise_dot(X):
    return torch.tensordot(X, X, dims=([1], [1]))


@judge_of("vectorization.pairwise_distances")
def pairwise_distances(X, Y):
    return scipy.spatial.distance.cdist(X.numpy(), Y.numpy())
