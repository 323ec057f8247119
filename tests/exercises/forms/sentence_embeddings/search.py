"""Right answers to `sentence_embeddings.search`."""

import heapq

import numpy as np
import torch
from torch.nn import functional


def by_argsort(query, corpus, k):
    if k < 1:
        raise ValueError("k should be 1 or more")
    scores = corpus @ query / (corpus.norm(dim=1) * query.norm())
    order = scores.argsort(descending=True, stable=True)[:k]
    return order, scores[order]


def by_units(query, corpus, k):
    if k <= 0:
        raise ValueError("k should be 1 or more")
    scores = functional.normalize(corpus, dim=1) @ (query / query.norm())
    found = torch.sort(scores, descending=True, stable=True)
    return found.indices[:k], found.values[:k]


def in_lists(query, corpus, k):
    if not k >= 1:
        raise ValueError("k should be 1 or more")

    def cosine(row):
        return float(row @ query / (row.norm() * query.norm()))

    scored = sorted(
        ((-cosine(row), place) for place, row in enumerate(corpus))
    )[:k]
    return [place for _, place in scored], [-score for score, _ in scored]


def by_heap(query, corpus, k):
    if k < 1:
        raise ValueError("k should be 1 or more")
    scores = functional.cosine_similarity(corpus, query[None]).tolist()
    best = heapq.nlargest(k, range(len(scores)), key=lambda i: (scores[i], -i))
    return torch.tensor(best), torch.tensor([scores[i] for i in best]).double()


def one_at_a_time(query, corpus, k):
    """The best, then the best of the others."""
    if k < 1:
        raise ValueError("k should be 1 or more")
    scores = corpus @ query / corpus.norm(dim=1) / query.norm()
    left, found = scores.clone(), []
    for _ in range(min(k, len(corpus))):
        found.append(int((left == left.max()).nonzero()[0, 0]))
        left[found[-1]] = -2
    return torch.tensor(found), scores[found]


def in_numpy(query, corpus, k):
    if k < 1:
        raise ValueError("k should be 1 or more")
    q, c = query.numpy(), corpus.numpy()
    scores = c @ q / np.linalg.norm(c, axis=1) / np.linalg.norm(q)
    order = np.argsort(-scores, kind="stable")[:k]
    return order, scores[order]


FORMS = [by_argsort, by_units, in_lists, by_heap, one_at_a_time, in_numpy]
