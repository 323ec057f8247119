"""Right answers to lesson 12 in forms that a learner may choose."""

import math
import statistics

import numpy as np

# --- layer_norm ------------------------------------------------------------


def norm_of_token(token, gamma, beta, eps):
    mean = sum(token) / len(token)
    variance = sum((value - mean) ** 2 for value in token) / len(token)
    root = math.sqrt(variance + eps)
    return [
        g * (value - mean) / root + b
        for value, g, b in zip(token, gamma, beta, strict=True)
    ]


def norm_by_recursion(x, gamma, beta, eps=1e-5):
    if np.ndim(x) == 1:
        return norm_of_token(x, gamma, beta, eps)
    return [norm_by_recursion(part, gamma, beta, eps) for part in x]


def norm_by_arrays(x, gamma, beta, eps=1e-5):
    gaps = x - x.mean(-1)[..., None]
    return gamma * gaps / np.sqrt((gaps**2).mean(-1)[..., None] + eps) + beta


def norm_by_moments(x, gamma, beta, eps=1e-5):
    first = np.mean(x, axis=-1, keepdims=True)
    second = np.mean(x * x, axis=-1, keepdims=True)
    return beta + (x - first) * gamma * (second - first**2 + eps) ** -0.5


def norm_by_transposing(x, gamma, beta, eps=1e-5):
    features = np.moveaxis(x, -1, 0)
    spread = np.sqrt(features.var(axis=0) + eps)
    return (
        gamma * np.moveaxis((features - features.mean(0)) / spread, 0, -1)
        + beta
    )


def norm_by_torch(x, gamma, beta, eps=1e-5):
    import torch

    layer = torch.nn.LayerNorm(x.shape[-1], eps=eps, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(gamma))
        layer.bias.copy_(torch.from_numpy(beta))
    return layer(torch.from_numpy(x))


def norm_in_float32(x, gamma, beta, eps=1e-5):
    return norm_by_arrays(x.astype(np.float32), gamma, beta, eps)


def norm_by_statistics(x, gamma, beta, eps=1e-5):
    def each(token):
        variance = statistics.pvariance(token.tolist())
        return (token - statistics.fmean(token)) / math.sqrt(variance + eps)

    return gamma * np.apply_along_axis(each, -1, x) + beta


# --- batch_norm ------------------------------------------------------------


def batch_by_columns(x, gamma, beta, eps=1e-5):
    columns = [
        g * (column - column.mean()) / math.sqrt(column.var() + eps) + b
        for column, g, b in zip(x.T, gamma, beta, strict=True)
    ]
    return np.column_stack(columns)


def batch_by_loops(x, gamma, beta, eps=1e-5):
    out = [[0.0] * len(x[0]) for _ in x]
    for j in range(len(x[0])):
        column = [row[j] for row in x]
        mean = sum(column) / len(column)
        variance = sum((v - mean) ** 2 for v in column) / len(column)
        for i, value in enumerate(column):
            scaled = (value - mean) / (variance + eps) ** 0.5
            out[i][j] = gamma[j] * scaled + beta[j]
    return out


def batch_by_torch(x, gamma, beta, eps=1e-5):
    import torch

    layer = torch.nn.BatchNorm1d(x.shape[1], eps=eps, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(gamma))
        layer.bias.copy_(torch.from_numpy(beta))
    return layer(torch.from_numpy(x))


# --- add_and_norm ----------------------------------------------------------


def joined_in_place_of_a_copy(x, sublayer_output, gamma, beta, eps=1e-5):
    total = x.copy()
    total += sublayer_output
    total -= total.mean(axis=-1, keepdims=True)
    total /= np.sqrt(np.mean(total**2, axis=-1, keepdims=True) + eps)
    return total * gamma + beta


def joined_by_torch(x, sublayer_output, gamma, beta, eps=1e-5):
    return norm_by_torch(np.add(x, sublayer_output), gamma, beta, eps)


def joined_by_recursion(x, sublayer_output, gamma, beta, eps=1e-5):
    if np.ndim(x) > 1:
        pairs = zip(x, sublayer_output, strict=True)
        return [joined_by_recursion(*p, gamma, beta, eps) for p in pairs]
    total = [a + b for a, b in zip(x, sublayer_output, strict=True)]
    return norm_of_token(total, gamma, beta, eps)


# --- feed_forward ----------------------------------------------------------


def network_token_by_token(x, W1, b1, W2, b2):
    if np.ndim(x) > 1:
        return [network_token_by_token(part, W1, b1, W2, b2) for part in x]
    hidden = [
        max(0.0, sum(a * w for a, w in zip(x, column, strict=True)) + bias)
        for column, bias in zip(W1.T, b1, strict=True)
    ]
    return np.array(hidden) @ W2 + b2


def network_by_einsum(x, W1, b1, W2, b2):
    inner = np.einsum("...d,df->...f", x, W1) + b1
    return np.einsum("...f,fd->...d", inner * (inner > 0), W2) + b2


def network_by_torch(x, W1, b1, W2, b2):
    import torch

    x, W1, b1, W2, b2 = map(torch.from_numpy, (x, W1, b1, W2, b2))
    return torch.relu(x @ W1 + b1) @ W2 + b2


def network_in_float32(x, W1, b1, W2, b2):
    inner = np.tensordot(x.astype("float32"), W1.astype("float32"), axes=1)
    return np.where(inner + b1 < 0, 0, inner + b1) @ W2 + b2


# --- dropout ---------------------------------------------------------------


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


FORMS = {
    "layer_norm.layer_norm": [
        norm_by_recursion,
        norm_by_arrays,
        norm_by_moments,
        norm_by_transposing,
        norm_by_torch,
        norm_in_float32,
        norm_by_statistics,
    ],
    "layer_norm.batch_norm": [
        batch_by_columns,
        batch_by_loops,
        batch_by_torch,
        lambda x, gamma, beta, eps=1e-5: (
            norm_by_arrays(x.T, 1, 0, eps).T * gamma + beta
        ),
        lambda x, g, b, eps=1e-5: (
            g * (x - x.mean(0)) / np.sqrt(x.var(axis=0) + eps) + b
        ),
    ],
    "layer_norm.add_and_norm": [
        joined_in_place_of_a_copy,
        joined_by_torch,
        joined_by_recursion,
        lambda x, out, *rest: norm_by_arrays(x + out, *rest),
    ],
    "layer_norm.feed_forward": [
        network_token_by_token,
        network_by_einsum,
        network_by_torch,
        network_in_float32,
        lambda x, W1, b1, W2, b2: np.maximum(0, x @ W1 + b1).dot(W2) + b2,
    ],
    "layer_norm.dropout": [
        drop_by_uniform,
        drop_by_the_other_end,
        drop_by_binomial,
        drop_by_choice,
        drop_one_by_one,
        drop_row_by_row,
        drop_by_normals,
        drop_by_torch,
        drop_in_float32,
    ],
}
