"""Slips in lesson 09."""

import numpy as np

from tests.exercises.forms.self_attention.shared import (
    softmax_by_max as softmax,
)


def soft(scores, mask):
    masked = np.where(mask, scores, -np.inf)
    top = masked.max(axis=-1, keepdims=True)
    powers = np.exp(masked - np.where(np.isfinite(top), top, 0))
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total > 0, total, 1)


def attend(Q, K, V, mask, by=None, soft=soft):
    scores = Q @ np.swapaxes(K, -1, -2)
    scores = scores / (np.sqrt(K.shape[-1]) if by is None else by)
    w = soft(scores, mask)
    return w @ V, w


def masked_after(scores, mask):
    return softmax(scores) * mask


def masked_values(Q, K, V, mask):
    w = softmax(Q @ np.swapaxes(K, -1, -2) / np.sqrt(K.shape[-1])) * mask
    return w @ V, w


WRONG = {
    "masking.padding_mask": {
        "inverted": lambda ids, pad_id: ids == pad_id,
        "zero": lambda ids, pad_id: ids != 0,
        "for adding": lambda ids, pad_id: np.where(
            ids == pad_id, -np.inf, 0.0
        ),
        "greater": lambda ids, pad_id: ids > pad_id,
        "the first": lambda ids, pad_id: (ids != pad_id)[0],
        "tokens": lambda ids, pad_id: np.where(ids != pad_id, ids, False),
    },
    "masking.causal_mask": {
        "upper": lambda n: np.triu(np.ones((n, n), bool)),
        "no diagonal": lambda n: np.tril(np.ones((n, n), bool), -1),
        "one ahead": lambda n: np.tril(np.ones((n, n), bool), 1),
        "for adding": lambda n: np.triu(np.full((n, n), -np.inf), 1),
        "itself only": lambda n: np.eye(n, dtype=bool),
        "inverted": lambda n: ~np.tril(np.ones((n, n), bool)),
    },
    "masking.combine_masks": {
        "or": lambda padding, causal: padding[:, None, :] | causal,
        "queries": lambda padding, causal: padding[:, :, None] & causal,
        "both": lambda padding, causal: (
            padding[:, None, :] & padding[:, :, None] & causal
        ),
        "padding alone": lambda padding, causal: np.broadcast_to(
            padding[:, None, :], (len(padding), *causal.shape)
        ),
        "causal alone": lambda padding, causal: np.broadcast_to(
            causal, (len(padding), *causal.shape)
        ),
        "causal transposed": lambda padding, causal: (
            padding[:, None, :] & causal.T
        ),
    },
    "masking.masked_softmax": {
        "nan": lambda scores, mask: softmax(np.where(mask, scores, -np.inf)),
        "afterwards": masked_after,
        "zero scores": lambda scores, mask: softmax(scores * mask),
        "-1e9": lambda scores, mask: softmax(np.where(mask, scores, -1e9)),
        "inverted": lambda scores, mask: soft(scores, ~mask),
        "small number": lambda scores, mask: softmax(
            np.where(mask, scores, -100.0)
        ),
    },
    "masking.masked_attention": {
        "not scaled": lambda Q, K, V, mask: attend(Q, K, V, mask, by=1),
        "mask inverted": lambda Q, K, V, mask: attend(Q, K, V, ~mask),
        "masked after": masked_values,
        "no mask": lambda Q, K, V, mask: attend(
            Q, K, V, np.ones_like(mask, shape=mask.shape)
        ),
        "swapped": lambda Q, K, V, mask: attend(Q, K, V, mask)[::-1],
        "root of d_v": lambda Q, K, V, mask: attend(
            Q, K, V, mask, by=np.sqrt(V.shape[-1])
        ),
    },
}
