"""Right answers to lesson 09 in forms that a learner may choose."""

import math

import numpy as np
import scipy.special

# --- padding_mask, causal_mask, combine_masks ------------------------------


def padding_by_loops(ids, pad_id):
    return [[token != pad_id for token in row] for row in ids]


def padding_by_torch(ids, pad_id):
    import torch

    return torch.from_numpy(ids) != pad_id


def padding_from_all_true(ids, pad_id):
    mask = np.ones_like(ids, dtype=bool)
    mask[ids == pad_id] = False
    return mask


def causal_by_loops(n):
    mask = []
    for i in range(n):
        mask.append([True] * (i + 1) + [False] * (n - i - 1))
    return mask


def causal_by_torch(n):
    import torch

    return torch.ones(n, n).tril().bool()


def causal_by_index(n):
    i, j = np.indices((n, n))
    return j <= i


def combine_by_loops(padding, causal):
    batch, n = padding.shape
    mask = np.zeros((batch, n, n), dtype=bool)
    for b in range(batch):
        for i in range(n):
            for j in range(n):
                mask[b, i, j] = padding[b, j] and causal[i, j]
    return mask


def combine_by_torch(padding, causal):
    import torch

    padding, causal = torch.from_numpy(padding), torch.from_numpy(causal)
    return padding.unsqueeze(1).logical_and(causal)


# --- masked_softmax --------------------------------------------------------


def softmax_by_powers(scores, mask):
    shown = np.where(mask, scores, -np.inf)
    top = shown.max(axis=-1, keepdims=True)
    powers = np.exp(shown - np.where(np.isfinite(top), top, 0))
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total > 0, total, 1)


def softmax_without_nan(scores, mask):
    shown = np.where(mask, scores, -np.inf)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(scipy.special.softmax(shown, axis=-1))


def softmax_by_finite_minimum(scores, mask):
    # No finite score is lower, and the empty rows are cleared afterwards.
    lowest = np.finfo(float).min
    weights = scipy.special.softmax(np.where(mask, scores, lowest), axis=-1)
    return weights * mask


def softmax_by_torch(scores, mask):
    import torch

    scores, mask = torch.from_numpy(scores), torch.from_numpy(mask)
    shown = scores.masked_fill(~mask, -torch.inf)
    return shown.softmax(dim=-1).nan_to_num(0.0)


def softmax_row_by_row(scores, mask):
    mask = np.broadcast_to(mask, scores.shape)
    weights = np.zeros(scores.shape)
    for row in np.ndindex(scores.shape[:-1]):
        seen = [j for j in range(scores.shape[-1]) if mask[row][j]]
        if not seen:
            continue
        top = max(scores[row][j] for j in seen)
        powers = {j: math.exp(scores[row][j] - top) for j in seen}
        for j in seen:
            weights[row][j] = powers[j] / sum(powers.values())
    return weights


def softmax_as_lists(scores, mask):
    return softmax_row_by_row(scores, mask).tolist()


# --- masked_attention ------------------------------------------------------


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


FORMS = {
    "masking.padding_mask": [
        padding_by_loops,
        padding_by_torch,
        padding_from_all_true,
        lambda ids, pad_id: ids != pad_id,
        lambda ids, pad_id: ~np.isin(ids, [pad_id]),
        lambda ids, pad_id: (ids != pad_id).astype(int),
    ],
    "masking.causal_mask": [
        causal_by_loops,
        causal_by_torch,
        causal_by_index,
        np.tri,
        lambda n: np.tril(np.ones((n, n), dtype=bool)),
        lambda n: ~np.triu(np.ones((n, n), dtype=bool), k=1),
        lambda n: np.arange(n)[:, None] >= np.arange(n),
    ],
    "masking.combine_masks": [
        combine_by_loops,
        combine_by_torch,
        lambda padding, causal: padding[:, None, :] & causal,
        lambda padding, causal: padding[:, None] * causal[None],
        lambda padding, causal: np.minimum(padding[:, np.newaxis], causal),
        lambda padding, causal: [causal & row for row in padding],
    ],
    "masking.masked_softmax": [
        softmax_by_powers,
        softmax_without_nan,
        softmax_by_finite_minimum,
        softmax_by_torch,
        softmax_row_by_row,
        softmax_as_lists,
    ],
    "masking.masked_attention": [
        attend_by_matrices,
        attend_by_einsum,
        attend_by_torch,
        attend_one_by_one,
        attend_in_float32,
    ],
}
