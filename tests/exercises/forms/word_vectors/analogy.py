"""Right answers to `word_vectors.analogy`."""

import math

import numpy as np


def with_minus_infinity(E, a, b, c):
    target = E[b] - E[a] + E[c]
    scores = E @ target / np.linalg.norm(E, axis=1)
    scores[[a, b, c]] = -np.inf
    return np.argmax(scores)


def by_loop(E, a, b, c):
    target = [y - x + z for x, y, z in zip(E[a], E[b], E[c], strict=True)]
    best, found = -2.0, None
    for i, row in enumerate(E):
        if i in (a, b, c):
            continue
        product = sum(x * y for x, y in zip(row, target, strict=True))
        cosine = product / math.hypot(*row) / math.hypot(*target)
        if cosine > best:
            best, found = cosine, i
    return found


def first_in_order(E, a, b, c):
    target = E[b] - E[a] + E[c]
    lengths = np.linalg.norm(E, axis=1) * np.linalg.norm(target)
    for i in np.argsort(-(E @ target) / lengths):
        if i not in {a, b, c}:
            return int(i)


def rest_only(E, a, b, c):
    rest = [i for i in range(len(E)) if i not in (a, b, c)]
    rows = E[rest] / np.linalg.norm(E[rest], axis=1, keepdims=True)
    return rest[int((rows @ (E[b] - E[a] + E[c])).argmax())]


def by_torch(E, a, b, c):
    import torch

    E = torch.tensor(E)
    scores = (E @ (E[b] - E[a] + E[c])) / E.norm(dim=1)
    scores[torch.tensor([a, b, c])] = -torch.inf
    return scores.argmax()


FORMS = [
    with_minus_infinity,
    by_loop,
    first_in_order,
    rest_only,
    by_torch,
    lambda *given: np.array(rest_only(*given)),
]
