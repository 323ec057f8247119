"""Right answers to `layer_norm.dropout`."""

import math
import statistics

import numpy as np


def require_chance(p):
    if p < 0 or p >= 1:
        raise ValueError(f"p should be at least 0 and below 1, not {p}")


def drop_by_uniform(x, p, rng):
    require_chance(p)
    return x * (rng.random(x.shape) >= p) / (1 - p)


def drop_by_the_other_end(x, p, rng):
    require_chance(p)
    out = x / (1 - p)
    out[rng.uniform(size=x.shape) > 1 - p] = 0
    return out


def drop_by_binomial(x, p, rng):
    require_chance(p)
    return np.multiply(x, rng.binomial(1, 1 - p, size=np.shape(x))) / (1 - p)


def drop_by_choice(x, p, rng):
    require_chance(p)
    factors = np.array([0, 1 / (1 - p)])
    return x * rng.choice(factors, size=x.shape, p=[p, 1 - p])


def drop_one_by_one(x, p, rng):
    require_chance(p)
    kept = [0.0 if rng.random() < p else v / (1 - p) for v in x.flat]
    return np.reshape(kept, x.shape).tolist()


def drop_row_by_row(x, p, rng):
    require_chance(p)
    if x.ndim == 1:
        return np.where(rng.random(len(x)) < p, 0, x / (1 - p))
    return np.stack([drop_row_by_row(part, p, rng) for part in x])


def drop_by_normals(x, p, rng):
    require_chance(p)
    quantile = -math.inf if p == 0 else statistics.NormalDist().inv_cdf(p)
    return np.where(rng.standard_normal(x.shape) < quantile, 0, x) / (1 - p)


def drop_by_torch(x, p, rng):
    import torch

    require_chance(p)
    torch.manual_seed(int(rng.integers(2**31)))
    return torch.nn.functional.dropout(torch.from_numpy(x), p)


def drop_in_float32(x, p, rng):
    require_chance(p)
    draws = rng.random(x.shape, dtype=np.float32)
    return np.float32(x) * (draws >= p) / np.float32(1 - p)


FORMS = [
    drop_by_uniform,
    drop_by_the_other_end,
    drop_by_binomial,
    drop_by_choice,
    drop_one_by_one,
    drop_row_by_row,
    drop_by_normals,
    drop_by_torch,
    drop_in_float32,
]
