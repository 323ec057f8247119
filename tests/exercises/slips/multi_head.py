"""Slips in lesson 10."""

import numpy as np

from tests.exercises.slips.masking import soft


def split(x, h):
    if x.shape[-1] % h:
        raise ValueError(f"{h} heads do not divide {x.shape[-1]}")
    return np.swapaxes(x.reshape(*x.shape[:-1], h, -1), -2, -3)


def merge(x):
    x = np.swapaxes(x, -2, -3)
    return x.reshape(*x.shape[:-2], -1)


def split_by_reshape(x, num_heads):
    *rest, n, d = x.shape
    if d % num_heads:
        raise ValueError("the heads do not divide d")
    return x.reshape(*rest, num_heads, n, d // num_heads)


def split_interleaved(x, num_heads):
    *rest, n, d = x.shape
    if d % num_heads:
        raise ValueError("the heads do not divide d")
    x = x.reshape(*rest, n, d // num_heads, num_heads)
    return np.moveaxis(x, -1, -3)


def split_without_refusing(x, num_heads):
    width = x.shape[-1] // num_heads
    pieces = [x[..., h * width : (h + 1) * width] for h in range(num_heads)]
    return np.stack(pieces, axis=-3)


def split_one_sentence(x, num_heads):
    n, d = x.shape[-2:]
    if d % num_heads:
        raise ValueError("the heads do not divide d")
    return x.reshape(n, num_heads, d // num_heads).transpose(1, 0, 2)


def attention(
    x,
    W_q,
    W_k,
    W_v,
    W_o,
    num_heads,
    mask=None,
    *,
    by=None,
    split=split,
    merge=merge,
    last=True,
    lift=True,
):
    q, k, v = (split(x @ W, num_heads) for W in (W_q, W_k, W_v))
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(by or q.shape[-1])
    if mask is None:
        mask = np.ones(scores.shape[-2:], bool)
    elif mask.ndim == 3 and lift:
        mask = mask[:, None]
    w = soft(scores, mask)
    out = merge(w @ v)
    return (out @ W_o if last else out), w


def but(**wrong):
    def answer(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
        return attention(x, W_q, W_k, W_v, W_o, num_heads, mask, **wrong)

    return answer


def by_d_model(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    d = x.shape[-1]
    return attention(x, W_q, W_k, W_v, W_o, num_heads, mask, by=d)


def mask_inverted(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    mask = None if mask is None else ~mask
    return attention(x, W_q, W_k, W_v, W_o, num_heads, mask)


def without_mask(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return attention(x, W_q, W_k, W_v, W_o, num_heads)


WRONG = {
    "multi_head.split_heads": {
        "reshape": split_by_reshape,
        "interleaved": split_interleaved,
        "no refusal": split_without_refusing,
        "one sentence": split_one_sentence,
        "not transposed": lambda x, num_heads: np.swapaxes(
            split(x, num_heads), -2, -3
        ),
        "width": lambda x, num_heads: split(x, x.shape[-1] // num_heads),
    },
    "multi_head.merge_heads": {
        "reshape": lambda x: x.reshape(
            *x.shape[:-3], x.shape[-2], x.shape[-3] * x.shape[-1]
        ),
        "interleaved": lambda x: np.moveaxis(x, -3, -1).reshape(
            *x.shape[:-3], x.shape[-2], -1
        ),
        "sum": lambda x: x.sum(axis=-3),
        "mean": lambda x: x.mean(axis=-3),
        "not merged": lambda x: np.swapaxes(x, -2, -3),
        "backwards": lambda x: merge(x[..., ::-1, :, :]),
    },
    "multi_head.multi_head_attention": {
        "by d_model": by_d_model,
        "no W_o": but(last=False),
        "mask inverted": mask_inverted,
        "mask ignored": without_mask,
        "mask against heads": but(lift=False),
        "split by reshape": but(split=split_by_reshape),
    },
    "multi_head.count_parameters": {
        "times heads": lambda d_model, num_heads, bias=True: (
            num_heads * 4 * (d_model**2 + bias * d_model)
        ),
        "three": lambda d_model, num_heads, bias=True: (
            3 * (d_model**2 + bias * d_model)
        ),
        "bias ignored": lambda d_model, num_heads, bias=True: 4 * d_model**2,
        "always bias": lambda d_model, num_heads, bias=True: (
            4 * (d_model**2 + d_model)
        ),
        "one bias": lambda d_model, num_heads, bias=True: (
            4 * d_model**2 + bias * d_model
        ),
        "head's width": lambda d_model, num_heads, bias=True: (
            4 * (d_model * d_model // num_heads + bias * d_model)
        ),
    },
}
