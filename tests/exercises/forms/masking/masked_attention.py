"""Right answers to `masking.masked_attention`."""

import math

import numpy as np

from .shared import (
    softmax_by_powers,
    softmax_by_torch,
    softmax_row_by_row,
    softmax_without_nan,
)


def attend_by_matrices(Q, K, V, mask):
    scores = Q @ np.swapaxes(K, -1, -2) / math.sqrt(K.shape[-1])
    weights = softmax_by_powers(scores, mask)
    return weights @ V, weights


def attend_by_einsum(Q, K, V, mask):
    scores = np.einsum("...qd,...kd->...qk", Q, K) / Q.shape[-1] ** 0.5
    weights = softmax_without_nan(scores, mask)
    return [np.einsum("...qk,...kd->...qd", weights, V), weights]


def attend_by_torch(Q, K, V, mask):
    import torch

    Q, K, V = (torch.from_numpy(a) for a in (Q, K, V))
    weights = softmax_by_torch((Q @ K.mT / K.size(-1) ** 0.5).numpy(), mask)
    return weights @ V, weights


def attend_one_by_one(Q, K, V, mask):
    if Q.ndim > 2:
        mask = np.broadcast_to(mask, (*Q.shape[:-1], K.shape[-2]))
        parts = [
            attend_one_by_one(*part)
            for part in zip(Q, K, V, mask, strict=True)
        ]
        return [np.stack(results) for results in zip(*parts, strict=True)]
    weights = softmax_row_by_row(Q @ K.T / np.sqrt(len(K[0])), mask)
    return weights @ V, weights


def attend_in_float32(Q, K, V, mask):
    return attend_by_matrices(*(a.astype(np.float32) for a in (Q, K, V)), mask)


FORMS = [
    attend_by_matrices,
    attend_by_einsum,
    attend_by_torch,
    attend_one_by_one,
    attend_in_float32,
]
