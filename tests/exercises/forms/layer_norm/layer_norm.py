"""Right answers to `layer_norm.layer_norm`."""

import math
import statistics

import numpy as np

from .shared import (
    norm_by_arrays,
    norm_by_torch,
    norm_of_token,
)


def norm_by_recursion(x, gamma, beta, eps=1e-5):
    if np.ndim(x) == 1:
        return norm_of_token(x, gamma, beta, eps)
    return [norm_by_recursion(part, gamma, beta, eps) for part in x]


def norm_by_moments(x, gamma, beta, eps=1e-5):
    first = np.mean(x, axis=-1, keepdims=True)
    second = np.mean(x * x, axis=-1, keepdims=True)
    return beta + (x - first) * gamma * (second - first**2 + eps) ** -0.5


def norm_by_transposing(x, gamma, beta, eps=1e-5):
    features = np.moveaxis(x, -1, 0)
    spread = np.sqrt(features.var(axis=0) + eps)
    return (
        gamma * np.moveaxis((features - features.mean(0)) / spread, 0, -1)
        + beta
    )


def norm_in_float32(x, gamma, beta, eps=1e-5):
    return norm_by_arrays(x.astype(np.float32), gamma, beta, eps)


def norm_by_statistics(x, gamma, beta, eps=1e-5):
    def each(token):
        variance = statistics.pvariance(token.tolist())
        return (token - statistics.fmean(token)) / math.sqrt(variance + eps)

    return gamma * np.apply_along_axis(each, -1, x) + beta


FORMS = [
    norm_by_recursion,
    norm_by_arrays,
    norm_by_moments,
    norm_by_transposing,
    norm_by_torch,
    norm_in_float32,
    norm_by_statistics,
]
