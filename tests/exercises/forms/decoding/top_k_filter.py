"""Right answers to `decoding.top_k_filter`."""

import heapq

import numpy as np
import torch

from .shared import INF, row_by_row


def top_k_by_limit(logits, k):
    best, _ = torch.topk(logits, min(k, logits.size(-1)))
    return logits.masked_fill(logits < best[..., -1, None], -INF)


def top_k_by_scatter(logits, k):
    values, places = logits.topk(min(k, logits.shape[-1]), dim=-1)
    return torch.full_like(logits, -INF).scatter(-1, places, values)


def top_k_in_numpy(logits, k):
    z = np.array(logits)
    drop = np.argsort(-z, axis=-1)[..., k:]
    np.put_along_axis(z, drop, -np.inf, axis=-1)
    return z


@row_by_row
def top_k_by_lists(logits, k):
    best = heapq.nlargest(k, logits.tolist())
    return torch.tensor([z if z in best else -INF for z in logits.tolist()])


def top_k_by_adding(logits, k):
    ranks = (-logits).argsort(dim=-1).argsort(dim=-1)
    return logits + torch.where(ranks < k, 0.0, -INF)


def top_k_in_float32(logits, k):
    return top_k_by_scatter(logits.float(), k)


FORMS = [
    top_k_by_limit,
    top_k_by_scatter,
    top_k_in_numpy,
    top_k_by_lists,
    top_k_by_adding,
    top_k_in_float32,
]
