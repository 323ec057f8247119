"""Right answers to `translation.align`."""

import numpy as np
import torch


def by_a_fill(weights, src_mask):
    mean = weights.mean(dim=0)
    return mean.masked_fill(~src_mask, float("-inf")).argmax(dim=-1)


def by_a_loop(weights, src_mask):
    h, m, n = weights.shape
    places = []
    for i in range(m):
        best, where = -1.0, None
        for j in range(n):
            mean = sum(weights[k, i, j].item() for k in range(h)) / h
            if src_mask[j] and mean > best:
                best, where = mean, j
        places.append(where)
    return places


def by_an_array(weights, src_mask):
    mean = np.mean(np.asarray(weights), axis=0)
    return np.where(np.asarray(src_mask), mean, -1).argmax(axis=1)


def by_a_product_with_the_mask(weights, src_mask):
    return torch.einsum("hmn,n->mn", weights, src_mask.double()).max(-1)[1]


FORMS = [by_a_fill, by_a_loop, by_an_array, by_a_product_with_the_mask]
