"""Right answers to `self_attention.attention_weights`."""

import math

import numpy as np
import scipy.special

from .shared import (
    softmax_by_logsumexp,
    softmax_by_max,
    weights_by_loops,
)


def weights_by_einsum(Q, K):
    scaled = np.einsum("nd,md->nm", Q, K) * K.shape[-1] ** -0.5
    return softmax_by_max(scaled, axis=1)


def weights_of_scaled_queries(Q, K):
    return softmax_by_logsumexp((Q / np.sqrt(Q.shape[1])) @ np.transpose(K))


def weights_scaled_on_both_sides(Q, K):
    fourth_root = Q.shape[1] ** 0.25
    return scipy.special.softmax(Q / fourth_root @ (K / fourth_root).T, axis=1)


def weights_by_torch(Q, K):
    import torch

    Q, K = torch.from_numpy(Q), torch.from_numpy(K)
    return torch.softmax(Q @ K.mT / math.sqrt(Q.size(-1)), dim=-1)


FORMS = [
    weights_by_loops,
    weights_by_einsum,
    weights_of_scaled_queries,
    weights_scaled_on_both_sides,
    weights_by_torch,
]
