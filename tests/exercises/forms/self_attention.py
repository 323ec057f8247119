"""Right answers to lesson 07 in forms that a learner may choose."""

import math

import numpy as np
import scipy.special

# --- dot_product_scores ----------------------------------------------------


def scores_by_loops(Q, K):
    scores = np.zeros((len(Q), len(K)))
    for i in range(len(Q)):
        for j in range(len(K)):
            for c in range(Q.shape[1]):
                scores[i, j] += Q[i, c] * K[j, c]
    return scores


def scores_as_lists(Q, K):
    return [
        [sum(a * b for a, b in zip(q, k, strict=True)) for k in K] for q in Q
    ]


def scores_by_torch(Q, K):
    import torch

    return torch.tensor(Q) @ torch.tensor(K).T


# --- softmax ---------------------------------------------------------------


def softmax_by_max(z, axis=-1):
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def softmax_by_logsumexp(z, axis=-1):
    return np.exp(z - scipy.special.logsumexp(z, axis=axis, keepdims=True))


def softmax_by_torch(z, axis=-1):
    import torch

    return torch.softmax(torch.from_numpy(z), dim=axis)


def softmax_of_list(row):
    top = max(row)
    powers = [math.exp(value - top) for value in row]
    return [power / sum(powers) for power in powers]


def softmax_row_by_row(z, axis=-1):
    moved = np.moveaxis(np.asarray(z), axis, -1)
    rows = moved.reshape(-1, moved.shape[-1])
    result = np.array([softmax_of_list(list(row)) for row in rows])
    return np.moveaxis(result.reshape(moved.shape), -1, axis)


def softmax_along_axis(z, axis=-1):
    return np.apply_along_axis(softmax_of_list, axis, z)


def softmax_by_differences(z, axis=-1):
    # 1 / Σ exp(z_j − z_i): overflows to infinity, and 1/inf is the right 0.
    moved = np.moveaxis(z, axis, -1)
    gaps = moved[..., None, :] - moved[..., :, None]
    with np.errstate(over="ignore"):
        return np.moveaxis(1 / np.exp(gaps).sum(axis=-1), -1, axis)


# --- attention_weights -----------------------------------------------------


def weights_by_loops(Q, K):
    root = math.sqrt(len(K[0]))
    rows = []
    for query in Q:
        scaled = [float(np.dot(query, key)) / root for key in K]
        rows.append(softmax_of_list(scaled))
    return rows


def weights_by_einsum(Q, K):
    scaled = np.einsum("nd,md->nm", Q, K) * K.shape[-1] ** -0.5
    return softmax_by_max(scaled, axis=1)


def weights_of_scaled_queries(Q, K):
    return softmax_by_logsumexp((Q / np.sqrt(Q.shape[1])) @ np.transpose(K))


def weights_scaled_on_both_sides(Q, K):
    fourth_root = Q.shape[1] ** 0.25
    return scipy.special.softmax(Q / fourth_root @ (K / fourth_root).T, axis=1)


def weights_by_torch(Q, K):
    import torch

    Q, K = torch.from_numpy(Q), torch.from_numpy(K)
    return torch.softmax(Q @ K.mT / math.sqrt(Q.size(-1)), dim=-1)


# --- weighted_values -------------------------------------------------------


def mix_by_loops(weights, V):
    output = [[0.0] * len(V[0]) for _ in weights]
    for i, row in enumerate(weights):
        for weight, value in zip(row, V, strict=True):
            for c in range(len(value)):
                output[i][c] += weight * value[c]
    return output


def mix_by_broadcasting(weights, V):
    return (weights[:, :, None] * V[None]).sum(axis=1)


def mix_by_torch(weights, V):
    import torch

    return torch.from_numpy(weights) @ torch.from_numpy(V)


# --- self_attention --------------------------------------------------------


def attend_by_loops(X, W_q, W_k, W_v):
    Q, K, V = (mix_by_loops(X, W) for W in (W_q, W_k, W_v))
    weights = weights_by_loops(Q, K)
    return [mix_by_loops(weights, V), weights]


def attend_by_matrices(X, W_q, W_k, W_v):
    Q, K, V = X @ W_q, X @ W_k, X @ W_v
    weights = softmax_by_max(Q @ K.T / np.sqrt(W_k.shape[1]))
    return weights @ V, weights


def attend_with_one_matrix(X, W_q, W_k, W_v):
    # X W_q W_kᵀ Xᵀ: queries and keys never appear on their own.
    scaled = X @ (W_q @ W_k.T) @ X.T / math.sqrt(W_q.shape[1])
    weights = scipy.special.softmax(scaled, axis=-1)
    return (weights @ X) @ W_v, weights


def attend_by_torch(X, W_q, W_k, W_v):
    import torch

    X, W_q, W_k, W_v = (torch.from_numpy(a) for a in (X, W_q, W_k, W_v))
    weights = torch.softmax(
        torch.einsum("ia,ab,cb,jc->ij", X, W_q, W_k, X) / W_k.shape[1] ** 0.5,
        dim=-1,
    )
    return weights @ X @ W_v, weights


def attend_in_float32(X, W_q, W_k, W_v):
    return attend_by_matrices(
        *(a.astype(np.float32) for a in (X, W_q, W_k, W_v))
    )


FORMS = {
    "self_attention.dot_product_scores": [
        scores_by_loops,
        scores_as_lists,
        scores_by_torch,
        lambda Q, K: Q @ K.T,
        lambda Q, K: np.einsum("nd,md->nm", Q, K),
        lambda Q, K: np.inner(Q, K),
        lambda Q, K: (Q[:, None, :] * K[None, :, :]).sum(axis=-1),
        lambda Q, K: Q.astype(np.float32) @ K.astype(np.float32).T,
        lambda Q, K: (K @ Q.T).T.tolist(),
    ],
    "self_attention.softmax": [
        softmax_by_max,
        softmax_by_logsumexp,
        softmax_by_torch,
        softmax_row_by_row,
        softmax_along_axis,
        softmax_by_differences,
        lambda z, axis=-1: scipy.special.softmax(z, axis=axis).tolist(),
        lambda z, axis=-1: np.exp(scipy.special.log_softmax(z, axis)),
    ],
    "self_attention.attention_weights": [
        weights_by_loops,
        weights_by_einsum,
        weights_of_scaled_queries,
        weights_scaled_on_both_sides,
        weights_by_torch,
    ],
    "self_attention.weighted_values": [
        mix_by_loops,
        mix_by_broadcasting,
        mix_by_torch,
        lambda weights, V: weights @ V,
        lambda weights, V: np.tensordot(weights, V, axes=1),
        lambda weights, V: (V.T @ weights.T).T,
        lambda weights, V: np.array([row.dot(V) for row in weights]),
        lambda weights, V: np.float32(weights) @ np.float32(V),
    ],
    "self_attention.self_attention": [
        attend_by_loops,
        attend_by_matrices,
        attend_with_one_matrix,
        attend_by_torch,
        attend_in_float32,
    ],
}
