"""Right answers to `bert.mlm_scores`."""

import math

import numpy as np
import torch
from torch.nn import functional


def by_choosing(logits, labels):
    chosen = labels != -100
    if not chosen.any():
        return 0.0, 0.0
    rows, right = logits[chosen], labels[chosen]
    loss = functional.cross_entropy(rows, right)
    accuracy = (rows.argmax(-1) == right).double().mean()
    return loss.item(), accuracy.item()


def by_loops(logits, labels):
    losses, hits = [], []
    for text, wanted in zip(logits.tolist(), labels.tolist(), strict=True):
        for scores, word in zip(text, wanted, strict=True):
            if word != -100:
                total = sum(math.exp(z) for z in scores)
                losses.append(math.log(total) - scores[word])
                hits.append(scores.index(max(scores)) == word)
    count = max(len(hits), 1)
    return sum(losses) / count, sum(hits) / count


def with_numpy(logits, labels):
    z, want = logits.numpy(), labels.numpy()
    places = (want >= 0).nonzero()
    z, want = z[places], want[places]
    if not len(want):
        return (0.0, 0.0)
    z = z - z.max(axis=1, keepdims=True)
    logs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    right = logs[np.arange(len(want)), want]
    return -right.mean(), (z.argmax(axis=1) == want).mean()


def by_sums(logits, labels):
    """Zero-dimensional tensors; nothing is ever divided by 0."""
    counts = (labels != -100).to(logits.dtype)
    many = counts.sum().clamp(min=1)
    losses = functional.cross_entropy(
        logits.transpose(1, 2), labels, reduction="none"
    )
    hits = torch.eq(logits.max(dim=2).indices, labels) * counts
    return losses.sum() / many, hits.sum() / many


FORMS = [by_choosing, by_loops, with_numpy, by_sums]
