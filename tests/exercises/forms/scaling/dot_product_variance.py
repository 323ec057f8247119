"""Right answers to `scaling.dot_product_variance`."""

import numpy as np


def variance_by_loops(d_k, samples, rng):
    total = total_of_squares = 0.0
    for _ in range(samples):
        q, k = rng.standard_normal((2, d_k))
        score = float(q @ k)
        total += score
        total_of_squares += score**2
    return total_of_squares / samples - (total / samples) ** 2


def variance_by_arrays(d_k, samples, rng):
    queries = rng.standard_normal((samples, d_k))
    keys = rng.standard_normal((samples, d_k))
    return (queries * keys).sum(axis=1).var()


def variance_of_a_sample(d_k, samples, rng):
    queries, keys = rng.normal(size=(2, samples, d_k))
    return np.var(np.einsum("nd,nd->n", queries, keys), ddof=1)


def second_moment(d_k, samples, rng):
    keys = rng.normal(0, 1, (d_k, samples))
    queries = rng.normal(0, 1, (d_k, samples))
    return np.mean(np.sum(queries * keys, axis=0) ** 2)


def variance_by_torch(d_k, samples, rng):
    import torch

    pairs = torch.from_numpy(rng.standard_normal((2, samples, d_k)))
    return pairs.prod(dim=0).sum(dim=1).var()


def variance_in_float32(d_k, samples, rng):
    pairs = rng.standard_normal((samples, d_k, 2), dtype=np.float32)
    return float(pairs.prod(axis=-1).sum(axis=-1).std() ** 2)


FORMS = [
    variance_by_loops,
    variance_by_arrays,
    variance_of_a_sample,
    second_moment,
    variance_by_torch,
    variance_in_float32,
]
