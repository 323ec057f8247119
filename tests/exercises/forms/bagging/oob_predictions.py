"""Right answers to `bagging.oob_predictions`."""

from collections import Counter
from statistics import multimode

import numpy as np


def by_bincount(votes, in_bag):
    found = []
    for vote, seen in zip(votes.T, in_bag.T, strict=True):
        heard = vote[~seen]
        found.append(np.bincount(heard).argmax() if heard.size else -1)
    return np.array(found)


def by_loops(votes, in_bag):
    trees, n = votes.shape
    found = [-1] * n
    for i in range(n):
        counts = {}
        for t in range(trees):
            if not in_bag[t, i]:
                counts[votes[t, i]] = counts.get(votes[t, i], 0) + 1
        if counts:
            most = max(counts.values())
            found[i] = min(c for c in counts if counts[c] == most)
    return found


def by_a_table(votes, in_bag):
    classes = np.arange(votes.max() + 1)
    heard = ~in_bag[..., None] & (votes[..., None] == classes)
    counts = heard.sum(axis=0)
    return np.where((~in_bag).any(axis=0), counts.argmax(axis=1), -1)


def by_adding_up(votes, in_bag):
    counts = np.zeros((votes.shape[1], votes.max() + 1), dtype=int)
    for vote, seen in zip(votes, in_bag, strict=True):
        counts[np.flatnonzero(~seen), vote[~seen]] += 1
    found = np.argmax(counts, axis=1)
    found[counts.sum(axis=1) == 0] = -1
    return found


def by_mode(votes, in_bag):
    import scipy.stats

    found = []
    for i in range(votes.shape[1]):
        heard = votes[~in_bag[:, i], i]
        found.append(int(scipy.stats.mode(heard).mode) if len(heard) else -1)
    return found


def by_counter(votes, in_bag):
    def winner(vote, seen):
        counts = Counter(v for v, s in zip(vote, seen, strict=True) if not s)
        if not counts:
            return -1
        return min(counts, key=lambda c: (-counts[c], c))

    pairs = zip(votes.T.tolist(), in_bag.T.tolist(), strict=True)
    return tuple(winner(*pair) for pair in pairs)


def by_multimode(votes, in_bag):
    heard = [v[~s].tolist() for v, s in zip(votes.T, in_bag.T, strict=True)]
    return [min(multimode(one), default=-1) for one in heard]


def by_weights(votes, in_bag):
    out = np.logical_not(in_bag)
    return np.array(
        [
            np.argmax(np.bincount(votes[:, i], weights=out[:, i]))
            if out[:, i].any()
            else -1
            for i in range(len(votes[0]))
        ]
    )


def by_tensors(votes, in_bag):
    import torch

    votes, out = torch.from_numpy(votes), ~torch.from_numpy(in_bag)
    hot = torch.nn.functional.one_hot(votes) * out[..., None]
    counts = hot.sum(0)
    return counts.argmax(1).where(out.any(0), -1)


FORMS = [
    by_bincount,
    by_loops,
    by_a_table,
    by_adding_up,
    by_mode,
    by_counter,
    by_multimode,
    by_weights,
    by_tensors,
]
