"""Right answers to lesson 10 in forms that a learner may choose."""

import math

import numpy as np
import scipy.special

# --- split_heads -----------------------------------------------------------


def split_by_swapaxes(x, num_heads):
    *front, n, d = x.shape
    if d % num_heads != 0:
        raise ValueError("the heads do not divide the width")
    return x.reshape(*front, n, num_heads, -1).swapaxes(-2, -3)


def split_by_slices(x, num_heads):
    width, rest = divmod(x.shape[-1], num_heads)
    if rest:
        raise ValueError(f"a rest of {rest}")
    pieces = []
    for h in range(num_heads):
        pieces.append(x[..., h * width : (h + 1) * width])
    return np.stack(pieces, axis=-3)


def split_by_numpy_split(x, num_heads):
    # np.split refuses a division that leaves a rest with a ValueError.
    return np.stack(np.split(x, num_heads, axis=-1), axis=-3)


def split_by_moveaxis(x, num_heads):
    # A reshape that does not go is a ValueError by itself.
    width = x.shape[-1] // num_heads
    table = np.reshape(x, (*x.shape[:-1], num_heads, width))
    return np.moveaxis(table, -2, -3)


def split_by_torch(x, num_heads):
    import torch

    if x.shape[-1] % num_heads:
        raise ValueError("num_heads should divide d")
    x = torch.from_numpy(x)
    pieces = x.chunk(num_heads, dim=-1)
    return torch.stack(pieces, dim=-3)


def split_by_loops(x, num_heads):
    if x.ndim > 2:
        return [split_by_loops(sentence, num_heads) for sentence in x]
    n, d = x.shape
    if d % num_heads:
        raise ValueError((d, num_heads))
    width = d // num_heads
    heads = np.empty((num_heads, n, width))
    for h in range(num_heads):
        for i in range(n):
            for c in range(width):
                heads[h, i, c] = x[i, h * width + c]
    return heads


def split_by_einsum(x, num_heads):
    if x.shape[-1] % num_heads:
        raise ValueError("does not divide")
    table = x.reshape(*x.shape[:-1], num_heads, x.shape[-1] // num_heads)
    return np.einsum("...nhw->...hnw", table)


# --- merge_heads -----------------------------------------------------------


def merge_by_swapaxes(x):
    moved = x.swapaxes(-2, -3)
    return moved.reshape(*moved.shape[:-2], -1)


def merge_by_concatenate(x):
    return np.concatenate(
        [x[..., h, :, :] for h in range(x.shape[-3])], axis=-1
    )


def merge_by_torch(x):
    import torch

    return torch.cat(torch.from_numpy(x).unbind(-3), dim=-1)


def merge_by_loops(x):
    if x.ndim > 3:
        return [merge_by_loops(sentence) for sentence in x]
    rows = []
    for i in range(x.shape[1]):
        rows.append([value for head in x for value in head[i]])
    return rows


def merge_by_writing(x):
    *front, h, n, w = x.shape
    merged = np.zeros((*front, n, h * w))
    for j in range(h):
        merged[..., j * w : (j + 1) * w] = x[..., j, :, :]
    return merged


# --- multi_head_attention --------------------------------------------------


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


# --- count_parameters ------------------------------------------------------


def count_by_formula(d_model, num_heads, bias=True):
    return 4 * d_model * d_model + 4 * d_model * int(bias)


def count_head_by_head(d_model, num_heads, bias=True):
    width = d_model // num_heads
    total = 0
    for _ in range(num_heads):
        for _ in "qkv":
            total += d_model * width
            if bias:
                total += width
    return total + d_model * d_model + (d_model if bias else 0)


def count_by_arrays(d_model, num_heads, bias=True):
    arrays = [np.empty((d_model, d_model)) for _ in range(4)]
    if bias:
        arrays += [np.empty(d_model) for _ in range(4)]
    return sum(a.size for a in arrays)


def count_by_linear_layers(d_model, num_heads, bias=True):
    import torch

    layers = [torch.nn.Linear(d_model, d_model, bias=bias) for _ in range(4)]
    return sum(p.numel() for layer in layers for p in layer.parameters())


FORMS = {
    "multi_head.split_heads": [
        split_by_swapaxes,
        split_by_slices,
        split_by_numpy_split,
        split_by_moveaxis,
        split_by_torch,
        split_by_loops,
        split_by_einsum,
    ],
    "multi_head.merge_heads": [
        merge_by_swapaxes,
        merge_by_concatenate,
        merge_by_torch,
        merge_by_loops,
        merge_by_writing,
    ],
    "multi_head.multi_head_attention": [
        attend_all_at_once,
        attend_head_by_head,
        attend_and_sum_the_heads,
        attend_by_torch,
        attend_sentence_by_sentence,
        attend_in_float32,
    ],
    "multi_head.count_parameters": [
        count_by_formula,
        count_head_by_head,
        count_by_arrays,
        count_by_linear_layers,
        lambda d_model, num_heads, bias=True: (
            4 * d_model * (d_model + bool(bias))
        ),
    ],
}
