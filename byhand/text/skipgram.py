"""Word vectors by skip-gram with negative sampling, many pairs at a time.

Lesson 05's step, for a batch of pairs whose gradients are added up (Mikolov
et al. 2013, "Distributed Representations of Words and Phrases and their
Compositionality", equation 4). With NumPy alone.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from byhand import special
from byhand.text import court

BATCH = 64


class Learned(NamedTuple):
    """Where training stands.

    share: of the whole that is done, from 0 to 1. loss: the mean of the last
    pairs. vectors: (V, d), of words as centres. contexts: (V, d), of words as
    neighbours.
    """

    share: float
    loss: float
    vectors: np.ndarray
    contexts: np.ndarray


def train(
    pairs: np.ndarray,
    noise: np.ndarray,
    d: int = 16,
    negatives: int = 5,
    epochs: int = 5,
    lr: float = 0.1,
    seed: int = 0,
    looks: int = 20,
) -> Iterator[Learned]:
    """Learn vectors from (n, 2) pairs of ids, centre and neighbour.

    noise: (V,) probabilities of the negatives. The rate falls from lr to 0 in
    a line. Yields the beginning, and then `looks` times an epoch.
    """
    rng = np.random.default_rng(seed)
    V = len(noise)
    vectors = rng.uniform(-0.5, 0.5, (V, d)) / d
    contexts = np.zeros((V, d))
    edges = np.cumsum(noise)
    starts = range(0, len(pairs), BATCH)
    every = max(len(starts) // looks, 1)
    loss, seen = 0.0, 0
    yield Learned(0.0, (negatives + 1) * np.log(2), vectors, contexts)
    for epoch in range(epochs):
        order = rng.permutation(len(pairs))
        for number, start in enumerate(starts, 1):
            centres, near = pairs[order[start : start + BATCH]].T
            drawn = rng.random((len(near), negatives))
            wrong = np.minimum(np.searchsorted(edges, drawn), V - 1)
            share = (epoch + number / len(starts)) / epochs
            others = np.column_stack([near, wrong])
            loss += step(vectors, contexts, centres, others, lr * (1 - share))
            seen += len(near)
            if number % every == 0 or number == len(starts):
                yield Learned(share, loss / seen, vectors, contexts)
                loss, seen = 0.0, 0


def step(
    vectors: np.ndarray,
    contexts: np.ndarray,
    centres: np.ndarray,
    others: np.ndarray,
    lr: float,
) -> float:
    """One step for a batch, in place; returns the batch's summed loss.

    centres: (b,) ids. others: (b, 1 + k) ids, the true neighbour first.
    """
    c, o = vectors[centres], contexts[others]  # (b, d), (b, 1 + k, d)
    products = (o @ c[:, :, None])[..., 0]
    errors = special.squashed(products)
    signed = products.copy()
    signed[:, 0] *= -1
    loss = np.logaddexp(0, signed).sum()
    errors[:, 0] -= 1
    of_centres = (errors[:, None, :] @ o)[:, 0]
    of_others = errors[:, :, None] * c[:, None, :]
    _add_up(vectors, centres, -lr * of_centres)
    _add_up(contexts, others.ravel(), -lr * of_others.reshape(-1, c.shape[1]))
    return float(loss)


def _add_up(table: np.ndarray, ids: np.ndarray, rows: np.ndarray) -> None:
    """table[ids] += rows, where an id that comes twice counts twice.

    As a product, which is several times as fast as `np.add.at`.
    """
    which = np.zeros((len(table), len(ids)))
    which[ids, np.arange(len(ids))] = 1
    table += which @ rows


def answer(E: np.ndarray, a: int, b: int, c: int) -> int:
    """a is to b as c is to which id; the three are left out."""
    lengths = np.linalg.norm(E, axis=1)
    scores = E @ (E[b] - E[a] + E[c]) / np.where(lengths == 0, 1, lengths)
    scores[[a, b, c]] = -np.inf
    return int(np.argmax(scores))


def hits(E: np.ndarray, ids: dict[str, int]) -> int:
    """How many of the court's 72 analogies come out right."""
    wanted = [[ids[word] for word in one] for one in court.analogies()]
    return sum(answer(E, a, b, c) == d for a, b, c, d in wanted)
