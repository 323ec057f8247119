"""Slips in lesson 05."""

import math

import numpy as np


def sigmoid(x):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def lengths(X):
    return np.linalg.norm(X, axis=1, keepdims=True)


def cosine(A, B):
    a, b = lengths(A), lengths(B).T
    return A @ B.T / np.where(a * b == 0, 1, a * b)


def one_by_one(A, B):
    n = min(len(A), len(B))
    return np.array([cosine(A, B)[i, i] for i in range(n)])


def undefined(A, B):
    with np.errstate(invalid="ignore"):
        return A @ B.T / (lengths(A) * lengths(B).T)


def whole_table(A, B):
    return A @ B.T / (np.linalg.norm(A) * np.linalg.norm(B))


def weighted(counts, smooth, *, tf, idf, log=np.log, known=None):
    if smooth:
        known = (counts > 0).sum(0) if known is None else known
        w = counts * (log((1 + len(counts)) / (1 + known)) + 1)
        return w / np.maximum(np.linalg.norm(w, axis=1, keepdims=True), 1e-9)
    return tf(counts) * idf(counts)


def shares(counts):
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def rarity(counts):
    n = (counts > 0).sum(axis=0)
    return np.where(n > 0, np.log(len(counts) / np.maximum(n, 1)), 0)


def base_10(counts, smooth=False):
    return weighted(
        counts,
        smooth,
        tf=shares,
        idf=lambda c: rarity(c) / math.log(10),
        log=np.log10,
    )


def plus_one(counts, smooth=False):
    return weighted(counts, smooth, tf=shares, idf=lambda c: rarity(c) + 1)


def counts_themselves(counts, smooth=False):
    return weighted(counts, smooth, tf=lambda c: c, idf=rarity)


def how_often(counts, smooth=False):
    total = counts.sum(axis=0)
    idf = np.log(len(counts) / np.maximum(total, 1)) * (total > 0)
    return weighted(counts, smooth, tf=shares, idf=lambda c: idf, known=total)


def not_scaled(counts, smooth=False):
    if smooth:
        n = (counts > 0).sum(0)
        return counts * (np.log((1 + len(counts)) / (1 + n)) + 1)
    return weighted(counts, False, tf=shares, idf=rarity)


def the_flag_forgotten(counts, smooth=False):
    return weighted(counts, False, tf=shares, idf=rarity)


def pairs(tokens, window, *, left=None, right=None, self_too=False):
    found = []
    for i in range(len(tokens)):
        start = max(0, i - (window if left is None else left))
        end = min(len(tokens), i + (window if right is None else right) + 1)
        for j in range(start, end):
            if i != j or self_too:
                found.append((tokens[i], tokens[j]))
    return found


def by_word(tokens, window):
    return [(a, b) for a, b in pairs(tokens, window) if a != b]


def range_too_short(tokens, window):
    return pairs(tokens, window, right=window - 1)


def not_cut_at_0(tokens, window):
    found = []
    for i in range(len(tokens)):
        for j in range(i - window, i + window + 1):
            if j != i and j < len(tokens):
                found.append((tokens[i], tokens[j]))
    return found


def loss(c, u, n, *, good=1, bad=-1, log=None, total=np.sum):
    log = log or (lambda x: -np.logaddexp(0, -x))
    return -log(good * (c @ u)) - total(log(bad * (n @ c)))


def with_a_logarithm(c, u, n):
    with np.errstate(divide="ignore", over="ignore"):
        return loss(c, u, n, log=lambda x: np.log(sigmoid(x)))


def step(c, u, n, lr, *, label=1, sign=1, part=1, slope=False):
    p, q = sigmoid(c @ u), sigmoid(n @ c)
    g, h = p - label, q - (1 - label)
    if slope:
        g, h = g * p * (1 - p), h * q * (1 - q)
    return (
        c - sign * lr * (g * u + part * (h @ n)),
        u - sign * lr * g * c,
        n - sign * lr * np.outer(h, c),
    )


def at_once(c, u, n, lr):
    g, h = sigmoid(c @ u) - 1, sigmoid(n @ c)
    c = c - lr * (g * u + h @ n)
    return c, u - lr * g * c, n - lr * np.outer(h, c)


def nearest(E, target, leave_out=()):
    scores = E @ target / np.linalg.norm(E, axis=1)
    scores[list(leave_out)] = -np.inf
    return int(scores.argmax())


WRONG = {
    "word_vectors.embedding_lookup": {
        "take without an axis": lambda E, ids: np.take(E, ids),
        "minus one": lambda E, ids: E[np.asarray(ids) - 1],
        "mean": lambda E, ids: (
            E[np.atleast_1d(ids)].reshape(-1, E.shape[1]).mean(axis=0)
        ),
        "flat": lambda E, ids: E[np.ravel(ids)],
        "one-hot": lambda E, ids: np.eye(len(E))[ids],
        "unit rows": lambda E, ids: (
            E[ids] / np.linalg.norm(E[ids], axis=-1, keepdims=True)
        ),
    },
    "word_vectors.cosine_similarity": {
        "dot products": lambda A, B: A @ B.T,
        "undefined": undefined,
        "one by one": one_by_one,
        "whole table": whole_table,
        "distance": lambda A, B: 1 - cosine(A, B),
        "swapped": lambda A, B: cosine(B, A),
    },
    "word_vectors.tf_idf": {
        "base 10": base_10,
        "plus one": plus_one,
        "counts": counts_themselves,
        "how often": how_often,
        "not scaled": not_scaled,
        "flag forgotten": the_flag_forgotten,
    },
    "word_vectors.skipgram_pairs": {
        "itself": lambda t, w: pairs(t, w, self_too=True),
        "by word": by_word,
        "range": range_too_short,
        "not cut": not_cut_at_0,
        "right only": lambda t, w: pairs(t, w, left=0),
        "distinct": lambda t, w: sorted(
            set(pairs(t, w)), key=pairs(t, w).index
        ),
    },
    "word_vectors.noise_distribution": {
        "shares": lambda counts, power=0.75: counts / counts.sum(),
        "not divided": lambda counts, power=0.75: counts**power,
        "divided first": lambda counts, power=0.75: (
            (counts / counts.sum()) ** power
        ),
        "plain sum": lambda counts, power=0.75: counts**power / counts.sum(),
        "power fixed": lambda counts, power=0.75: (
            counts**0.75 / (counts**0.75).sum()
        ),
        "one more": lambda counts, power=0.75: (
            (counts + 1) ** power / ((counts + 1) ** power).sum()
        ),
    },
    "word_vectors.sgns_loss": {
        "no minus": lambda c, u, n: loss(c, u, n, bad=1),
        "mean": lambda c, u, n: loss(c, u, n, total=np.mean),
        "negative": lambda c, u, n: -loss(c, u, n),
        "logarithm of 0": with_a_logarithm,
        "context only": lambda c, u, n: np.logaddexp(0, -(c @ u)),
        "summed first": lambda c, u, n: loss(
            c, u, n.sum(axis=0, keepdims=True)
        ),
    },
    "word_vectors.sgns_step": {
        "uphill": lambda c, u, n, lr: step(c, u, n, lr, sign=-1),
        "labels": lambda c, u, n, lr: step(c, u, n, lr, label=0),
        "slope": lambda c, u, n, lr: step(c, u, n, lr, slope=True),
        "context only": lambda c, u, n, lr: step(c, u, n, lr, part=0),
        "averaged": lambda c, u, n, lr: step(c, u, n, lr, part=1 / len(n)),
        "at once": at_once,
    },
    "word_vectors.analogy": {
        "not left out": lambda E, a, b, c: nearest(E, E[b] - E[a] + E[c]),
        "backwards": lambda E, a, b, c: nearest(
            E, E[a] - E[b] + E[c], (a, b, c)
        ),
        "c left out": lambda E, a, b, c: nearest(E, E[b] - E[a] + E[c], (c,)),
        "distance": lambda E, a, b, c: min(
            (i for i in range(len(E)) if i not in (a, b, c)),
            key=lambda i: np.linalg.norm(E[i] - E[b] + E[a] - E[c]),
        ),
        "the vector": lambda E, a, b, c: E[
            nearest(E, E[b] - E[a] + E[c], (a, b, c))
        ],
        "dot": lambda E, a, b, c: max(
            (i for i in range(len(E)) if i not in (a, b, c)),
            key=lambda i: E[i] @ (E[b] - E[a] + E[c]),
        ),
    },
}
