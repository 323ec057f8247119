"""Right answers to `layer_norm.add_and_norm`."""

import numpy as np

from .shared import (
    norm_by_arrays,
    norm_by_torch,
    norm_of_token,
)


def joined_in_place_of_a_copy(x, sublayer_output, gamma, beta, eps=1e-5):
    total = x.copy()
    total += sublayer_output
    total -= total.mean(axis=-1, keepdims=True)
    total /= np.sqrt(np.mean(total**2, axis=-1, keepdims=True) + eps)
    return total * gamma + beta


def joined_by_torch(x, sublayer_output, gamma, beta, eps=1e-5):
    return norm_by_torch(np.add(x, sublayer_output), gamma, beta, eps)


def joined_by_recursion(x, sublayer_output, gamma, beta, eps=1e-5):
    if np.ndim(x) > 1:
        pairs = zip(x, sublayer_output, strict=True)
        return [joined_by_recursion(*p, gamma, beta, eps) for p in pairs]
    total = [a + b for a, b in zip(x, sublayer_output, strict=True)]
    return norm_of_token(total, gamma, beta, eps)


FORMS = [
    joined_in_place_of_a_copy,
    joined_by_torch,
    joined_by_recursion,
    lambda x, out, *rest: norm_by_arrays(x + out, *rest),
]
