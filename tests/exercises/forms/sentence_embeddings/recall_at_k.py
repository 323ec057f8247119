"""Right answers to `sentence_embeddings.recall_at_k`."""

import numpy as np
import torch


def by_ranks(scores, relevant, k):
    own = scores[torch.arange(len(scores)), relevant]
    rank = 1 + (scores > own[:, None]).sum(1)
    return (rank <= k).double().mean()


def by_topk(scores, relevant, k):
    best = scores.topk(min(k, scores.shape[1])).indices
    return (best == relevant[:, None]).any(1).float().mean().item()


def by_sorting(scores, relevant, k):
    order = scores.sort(descending=True).indices[:, :k]
    hits = 0
    for row, one in zip(order, relevant, strict=True):
        hits += one in row
    return hits / len(relevant)


def in_numpy(scores, relevant, k):
    order = np.argsort(-scores.numpy(), axis=1)
    rank = np.argsort(order, axis=1)
    own = np.take_along_axis(rank, relevant.numpy()[:, None], 1)
    return np.mean(own < k)


def in_lists(scores, relevant, k):
    found = []
    for row, one in zip(scores.tolist(), relevant.tolist(), strict=True):
        found.append(row[one] in sorted(row, reverse=True)[:k])
    return sum(found) / len(found)


FORMS = [by_ranks, by_topk, by_sorting, in_numpy, in_lists]
