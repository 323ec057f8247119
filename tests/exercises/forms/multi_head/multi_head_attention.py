"""Right answers to `multi_head.multi_head_attention`."""

import math

import numpy as np
import scipy.special

from .shared import (
    merge_by_swapaxes,
    split_by_swapaxes,
)


def softmax_under(mask, scores):
    """Zeros where nothing is allowed."""
    if mask is None:
        return scipy.special.softmax(scores, axis=-1)
    mask = np.broadcast_to(mask, scores.shape)
    top = np.max(scores, axis=-1, keepdims=True, where=mask, initial=-1e300)
    powers = np.where(mask, np.exp(np.minimum(scores - top, 0)), 0)
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1, total)


def attend_all_at_once(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = (split_by_swapaxes(x @ W, num_heads) for W in (W_q, W_k, W_v))
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    if mask is not None and mask.ndim == 3:
        mask = mask[:, None]
    weights = softmax_under(mask, scores)
    return merge_by_swapaxes(weights @ V) @ W_o, weights


def attend_head_by_head(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    width = x.shape[-1] // num_heads
    outputs, weights = [], []
    for h in range(num_heads):
        mine = slice(h * width, (h + 1) * width)
        Q, K, V = x @ W_q[:, mine], x @ W_k[:, mine], x @ W_v[:, mine]
        scores = np.einsum("...qw,...kw->...qk", Q, K) / math.sqrt(width)
        weights.append(softmax_under(mask, scores))
        outputs.append(weights[-1] @ V)
    return np.concatenate(outputs, axis=-1) @ W_o, np.stack(weights, axis=-3)


def attend_and_sum_the_heads(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    # Side by side times W_o is the sum of each head times its rows of W_o.
    width = x.shape[-1] // num_heads
    output, weights = 0, []
    for h in range(num_heads):
        mine = slice(h * width, (h + 1) * width)
        pull = W_q[:, mine] @ W_k[:, mine].T / math.sqrt(width)
        scores = x @ pull @ np.swapaxes(x, -1, -2)
        weights.append(softmax_under(mask, scores))
        output = output + weights[-1] @ x @ (W_v[:, mine] @ W_o[mine])
    return output, np.stack(weights, axis=-3)


def attend_by_torch(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    import torch

    x, W_q, W_k, W_v, W_o = (
        torch.from_numpy(a) for a in (x, W_q, W_k, W_v, W_o)
    )
    Q, K, V = (
        (x @ W).unflatten(-1, (num_heads, -1)).transpose(-2, -3)
        for W in (W_q, W_k, W_v)
    )
    scores = Q @ K.mT / math.sqrt(Q.shape[-1])
    if mask is not None:
        allowed = torch.from_numpy(mask).unsqueeze(-3)
        scores = scores.masked_fill(~allowed, -math.inf)
    weights = torch.softmax(scores, dim=-1).nan_to_num()
    output = (weights @ V).transpose(-2, -3).flatten(-2) @ W_o
    return output, weights


def attend_sentence_by_sentence(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if x.ndim == 2:
        return attend_head_by_head(x, W_q, W_k, W_v, W_o, num_heads, mask)
    shared = mask is None or mask.ndim == 2
    masks = [mask] * len(x) if shared else list(mask)
    pairs = [
        attend_head_by_head(one, W_q, W_k, W_v, W_o, num_heads, m)
        for one, m in zip(x, masks, strict=True)
    ]
    outputs, weights = zip(*pairs, strict=True)
    return [np.array(outputs), np.array(weights)]


def attend_in_float32(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    arrays = (np.float32(a) for a in (x, W_q, W_k, W_v, W_o))
    return attend_all_at_once(*arrays, num_heads, mask)


FORMS = [
    attend_all_at_once,
    attend_head_by_head,
    attend_and_sum_the_heads,
    attend_by_torch,
    attend_sentence_by_sentence,
    attend_in_float32,
]
