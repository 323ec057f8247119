"""Right answers to `word_vectors.tf_idf`."""

import math

import numpy as np


def with_arrays(counts, smooth=False):
    N = len(counts)
    n = (counts > 0).sum(axis=0)
    if smooth:
        weights = counts * (np.log((1 + N) / (1 + n)) + 1)
        lengths = np.linalg.norm(weights, axis=1, keepdims=True)
        return weights / np.where(lengths == 0, 1, lengths)
    words = counts.sum(axis=1, keepdims=True)
    tf = counts / np.maximum(words, 1)
    idf = np.where(n > 0, np.log(N / np.maximum(n, 1)), 0)
    return tf * idf


def with_loops(counts, smooth=False):
    rows = counts.tolist()
    N, V = len(rows), len(rows[0])
    result = [[0.0] * V for _ in range(N)]
    for j in range(V):
        n = sum(1 for row in rows if row[j] > 0)
        for i, row in enumerate(rows):
            if row[j] == 0:
                continue
            if smooth:
                result[i][j] = row[j] * (math.log((1 + N) / (1 + n)) + 1)
            else:
                result[i][j] = row[j] / sum(row) * math.log(N / n)
    if smooth:
        for row in result:
            length = math.hypot(*row)
            if length:
                row[:] = [x / length for x in row]
    return result


def zeros_at_the_end(counts, smooth=False):
    N, n = counts.shape[0], np.count_nonzero(counts, axis=0)
    with np.errstate(all="ignore"):
        if smooth:
            w = counts * (np.log1p(N) - np.log1p(n) + 1)
            w = w / np.sqrt(np.square(w).sum(axis=1))[:, None]
        else:
            w = (counts.T / counts.sum(axis=1)).T * (np.log(N) - np.log(n))
    return np.nan_to_num(w, nan=0, posinf=0, neginf=0)


def by_torch(counts, smooth=False):
    import torch

    c = torch.tensor(counts).double()
    n = (c > 0).sum(dim=0)
    if smooth:
        w = c * (torch.log((1 + len(c)) / (1 + n)) + 1)
        return w / w.norm(dim=1, keepdim=True).clamp(min=1e-9)
    tf = c / c.sum(dim=1, keepdim=True).clamp(min=1)
    return tf * torch.log(len(c) / n.clamp(min=1)) * (n > 0)


def in_float32(counts, smooth=False):
    return np.float32(with_arrays(counts, smooth))


FORMS = [with_arrays, with_loops, zeros_at_the_end, by_torch, in_float32]
