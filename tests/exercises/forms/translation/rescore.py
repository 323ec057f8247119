"""Right answers to `translation.rescore`."""

import heapq
import math

import torch


def by_sorted(candidates, alpha):
    new = [
        (tokens, log / ((5 + len(tokens)) / 6) ** alpha)
        for tokens, log in candidates
    ]
    return sorted(new, key=lambda one: one[1], reverse=True)


def by_logarithms(candidates, alpha):
    """log(−score), so the smallest is the best."""
    keyed = []
    for tokens, log in candidates:
        size = math.log(-log) - alpha * math.log((5 + len(tokens)) / 6)
        keyed.append((size, tokens))
    keyed.sort(key=lambda one: one[0])
    return [[tokens, -math.exp(size)] for size, tokens in keyed]


def by_a_heap(candidates, alpha):
    heap = []
    for k, (tokens, log) in enumerate(candidates):
        score = log * (6 / (len(tokens) + 5)) ** alpha
        heapq.heappush(heap, (-score, k))
    best = [heapq.heappop(heap) for _ in candidates]
    return tuple((tuple(candidates[k][0]), -score) for score, k in best)


def by_topk(candidates, alpha):
    logs = torch.tensor([log for _, log in candidates], dtype=torch.float64)
    n = torch.tensor([len(t) for t, _ in candidates], dtype=torch.float64)
    scores, places = (logs / ((5 + n) / 6).pow(alpha)).sort(descending=True)
    return [
        (candidates[int(k)][0], s) for k, s in zip(places, scores, strict=True)
    ]


FORMS = [by_sorted, by_logarithms, by_a_heap, by_topk]
