"""Right answers to `decoding.top_p_filter`."""

import bisect
import math

import numpy as np
import torch
from torch.nn import functional

from .shared import INF, row_by_row


def top_p_by_scatter(logits, p):
    shares, places = logits.softmax(-1).sort(-1, descending=True)
    drop = shares.cumsum(-1) - shares >= p
    drop = torch.zeros_like(drop).scatter(-1, places, drop)
    return logits.masked_fill(drop, -INF)


def top_p_by_shifting(logits, p):
    """As in a widely used library."""
    ordered, places = torch.sort(logits, descending=True)
    sums = torch.cumsum(functional.softmax(ordered, dim=-1), dim=-1)
    remove = sums > p
    remove[..., 1:] = remove[..., :-1].clone()
    remove[..., 0] = False
    remove = remove.scatter(-1, places, remove.clone())
    return logits.masked_fill(remove, -INF)


def top_p_from_below(logits, p):
    """Drops from the least likely up, as long as at most 1 − p goes."""
    ordered, places = torch.sort(logits)
    # Strictly less than one: a whole 1 − p may be rounded to be gone.
    gone = ordered.softmax(-1).cumsum(-1) <= 1 - p - 1e-12
    gone[..., -1] = False
    back = places.argsort(-1)
    return torch.where(gone.gather(-1, back), -INF, logits)


@row_by_row
def top_p_token_by_token(logits, p):
    row = logits.tolist()
    top = max(row)
    powers = [math.exp(z - top) for z in row]
    out, reached = [-INF] * len(row), 0.0
    for place in sorted(range(len(row)), key=lambda i: -row[i]):
        if reached >= p:
            break
        out[place] = row[place]
        reached += powers[place] / sum(powers)
    return torch.tensor(out, dtype=torch.float64)


def top_p_in_numpy(logits, p):
    z = np.asarray(logits)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    shares = e / e.sum(axis=-1, keepdims=True)
    order = np.argsort(shares, axis=-1)[..., ::-1]
    sums = np.take_along_axis(shares, order, -1).cumsum(-1)
    count = (sums < p).sum(-1, keepdims=True) + 1
    ranks = np.argsort(order, axis=-1)
    return np.where(ranks < count, z, -np.inf)


@row_by_row
def top_p_by_bisection(logits, p):
    shares, places = logits.softmax(0).sort(descending=True)
    count = bisect.bisect_left(shares.cumsum(0).tolist(), p) + 1
    out = torch.full_like(logits, -INF)
    out[places[:count]] = logits[places[:count]]
    return out


FORMS = [
    top_p_by_scatter,
    top_p_by_shifting,
    top_p_from_below,
    top_p_token_by_token,
    top_p_in_numpy,
    top_p_by_bisection,
]
