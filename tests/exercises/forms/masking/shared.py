"""What the forms of several exercises use."""

import math

import numpy as np
import scipy.special


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
