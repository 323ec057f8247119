"""Right answers to `scaling.attention_entropy`."""

import math

import numpy as np
import scipy.special


def entropy_of_row(row):
    return -math.fsum(w * math.log(w) for w in row if w > 0)


def entropy_by_recursion(weights):
    if np.ndim(weights) == 1:
        return entropy_of_row(weights)
    return [entropy_by_recursion(part) for part in weights]


def entropy_where(weights):
    safe = np.where(weights > 0, weights, 1)
    return -(weights * np.log(safe)).sum(axis=-1)


def entropy_without_nan(weights):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.nansum(weights * np.log(weights), axis=-1)


def entropy_by_torch(weights):
    import torch

    weights = torch.from_numpy(weights)
    return torch.distributions.Categorical(probs=weights).entropy()


FORMS = [
    entropy_by_recursion,
    entropy_where,
    entropy_without_nan,
    entropy_by_torch,
    lambda weights: scipy.special.entr(weights).sum(-1).tolist(),
    lambda weights: -np.sum(weights * np.log(weights + 1e-12), axis=-1),
    lambda weights: entropy_where(weights.astype(np.float32)),
]
