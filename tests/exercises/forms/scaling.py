"""Right answers to lesson 08 in forms that a learner may choose."""

import math

import numpy as np
import scipy.special

# --- scaled_scores ---------------------------------------------------------


def scores_by_loops(Q, K):
    scores = []
    for q in Q:
        row = []
        for k in K:
            products = [a * b for a, b in zip(q, k, strict=True)]
            row.append(sum(products) / math.sqrt(len(k)))
        scores.append(row)
    return scores


def scores_by_torch(Q, K):
    import torch

    Q, K = torch.from_numpy(Q), torch.from_numpy(K)
    return Q @ K.mT / K.size(-1) ** 0.5


def scores_from_both_sides(Q, K):
    fourth_root = Q.shape[1] ** 0.25
    return np.inner(Q / fourth_root, K / fourth_root)


# --- softmax_jacobian ------------------------------------------------------


def weights_of(z):
    powers = np.exp(z - np.max(z))
    return powers / powers.sum()


def jacobian_by_loops(z):
    p = weights_of(z)
    n = len(p)
    table = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            table[i][j] = p[i] * ((i == j) - p[j])
    return table


def jacobian_by_nudging(z):
    columns = []
    for j in range(len(z)):
        nudge = np.zeros(len(z))
        nudge[j] = 1e-5
        rise = weights_of(z + nudge) - weights_of(z - nudge)
        columns.append(rise / 2e-5)
    return np.column_stack(columns)


def jacobian_by_autograd(z):
    import torch

    scores = torch.tensor(z, requires_grad=True)
    weights = torch.softmax(scores, dim=0)
    rows = [
        torch.autograd.grad(weight, scores, retain_graph=True)[0]
        for weight in weights
    ]
    return torch.stack(rows)


def jacobian_in_float32(z):
    p = weights_of((z - z.max()).astype(np.float32))
    return np.diag(p) - np.outer(p, p)


def jacobian_filled_in(z):
    p = weights_of(z)
    table = -np.outer(p, p)
    table[np.diag_indices(len(p))] += p
    return table


# --- dot_product_variance --------------------------------------------------


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

    seed = int(rng.integers(2**62))
    generator = torch.Generator().manual_seed(seed)
    pairs = torch.randn(2, samples, d_k, generator=generator)
    return pairs.prod(dim=0).sum(dim=1).var()


def variance_in_float32(d_k, samples, rng):
    pairs = rng.standard_normal((samples, d_k, 2), dtype=np.float32)
    return float(pairs.prod(axis=-1).sum(axis=-1).std() ** 2)


# --- attention_entropy -----------------------------------------------------


def entropy_of_row(row):
    return -math.fsum(w * math.log(w) for w in row if w > 0)


def entropy_by_recursion(weights):
    if np.ndim(weights) == 1:
        return entropy_of_row(weights)
    return [entropy_by_recursion(part) for part in weights]


def entropy_where(weights):
    safe = np.where(weights > 0, weights, 1)
    return -(weights * np.log(safe)).sum(axis=-1)


def entropy_without_nan(weights):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.nansum(weights * np.log(weights), axis=-1)


def entropy_by_torch(weights):
    import torch

    weights = torch.from_numpy(weights)
    return torch.distributions.Categorical(probs=weights).entropy()


# --- softmax_with_temperature ----------------------------------------------


def require_positive(temperature):
    if temperature <= 0:
        raise ValueError(f"the temperature should be above 0: {temperature}")


def sharpen_shifted(z, temperature):
    require_positive(temperature)
    gaps = z - z.max(axis=-1, keepdims=True)
    powers = np.exp(gaps / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def sharpen_row_by_row(z, temperature):
    require_positive(temperature)

    def sharpen(row):
        top = max(row)
        powers = [math.exp((value - top) / temperature) for value in row]
        return np.array(powers) / sum(powers)

    return np.apply_along_axis(sharpen, -1, z)


def sharpen_as_lists(z, temperature):
    return sharpen_row_by_row(z, temperature).tolist()


def sharpen_by_torch(z, temperature):
    import torch

    require_positive(temperature)
    z = torch.from_numpy(z)
    gaps = z - z.amax(dim=-1, keepdim=True)
    return torch.softmax(gaps / temperature, dim=-1)


def sharpen_by_logarithm(z, temperature):
    require_positive(temperature)
    gaps = (z - z.max(axis=-1)[..., None]) / temperature
    return np.exp(scipy.special.log_softmax(gaps, axis=-1))


FORMS = {
    "scaling.scaled_scores": [
        scores_by_loops,
        scores_by_torch,
        scores_from_both_sides,
        lambda Q, K: Q @ K.T / np.sqrt(K.shape[-1]),
        lambda Q, K: (Q / math.sqrt(len(Q[0]))) @ K.transpose(),
        lambda Q, K: np.einsum("nd,md->nm", Q, K) * K.shape[1] ** -0.5,
        lambda Q, K: np.float32(Q) @ np.float32(K).T / np.sqrt(Q.shape[1]),
    ],
    "scaling.softmax_jacobian": [
        jacobian_by_loops,
        jacobian_by_nudging,
        jacobian_by_autograd,
        jacobian_in_float32,
        jacobian_filled_in,
        lambda z: np.diag(weights_of(z)) - np.outer(*[weights_of(z)] * 2),
        lambda z: weights_of(z)[:, None] * (np.eye(len(z)) - weights_of(z)),
    ],
    "scaling.dot_product_variance": [
        variance_by_loops,
        variance_by_arrays,
        variance_of_a_sample,
        second_moment,
        variance_by_torch,
        variance_in_float32,
    ],
    "scaling.attention_entropy": [
        entropy_by_recursion,
        entropy_where,
        entropy_without_nan,
        entropy_by_torch,
        lambda weights: scipy.special.entr(weights).sum(-1).tolist(),
        lambda weights: -np.sum(weights * np.log(weights + 1e-12), axis=-1),
        lambda weights: entropy_where(weights.astype(np.float32)),
    ],
    "scaling.softmax_with_temperature": [
        sharpen_shifted,
        sharpen_row_by_row,
        sharpen_as_lists,
        sharpen_by_torch,
        sharpen_by_logarithm,
    ],
}
