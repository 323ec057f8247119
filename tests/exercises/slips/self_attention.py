"""Slips in lesson 07."""

import numpy as np

from tests.exercises.forms.self_attention.shared import (
    softmax_by_max as softmax,
)


def scores_in_a_list(Q, K):
    return [q @ k for q in Q for k in K]


def scores_of_the_same_place(Q, K):
    return (Q[: len(K)] * K[: len(Q)]).sum(axis=1)


def weights(Q, K, by=None, axis=-1):
    by = np.sqrt(K.shape[1]) if by is None else by
    return softmax(Q @ K.T / by, axis=axis)


def attend(X, W_q, W_k, W_v, mixed=None):
    w = weights(X @ W_q, X @ W_k)
    return w @ (X @ W_v), w


def no_projection_of_values(X, W_q, W_k, W_v):
    w = weights(X @ W_q, X @ W_k)
    return w @ X, w


def softmax_after_mixing(X, W_q, W_k, W_v):
    scores = (X @ W_q) @ (X @ W_k).T / np.sqrt(W_k.shape[1])
    return softmax(scores @ (X @ W_v)), softmax(scores)


def scores_returned(X, W_q, W_k, W_v):
    scores = (X @ W_q) @ (X @ W_k).T / np.sqrt(W_k.shape[1])
    return softmax(scores) @ (X @ W_v), scores


WRONG = {
    "self_attention.dot_product_scores": {
        "the same place": scores_of_the_same_place,
        "flat list": scores_in_a_list,
        "K against Q": lambda Q, K: K @ Q.T,
        "scaled already": lambda Q, K: Q @ K.T / np.sqrt(Q.shape[1]),
        "Q with itself": lambda Q, K: Q @ Q.T,
        "no transpose": lambda Q, K: Q @ K,
    },
    "self_attention.softmax": {
        "no maximum": lambda z, axis=-1: (
            np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True)
        ),
        "last axis always": lambda z, axis=-1: softmax(z, -1),
        "over everything": lambda z, axis=-1: (
            np.exp(z - z.max()) / np.exp(z - z.max()).sum()
        ),
        "no keepdims": lambda z, axis=-1: (
            np.exp(z - z.max(axis=axis))
            / np.exp(z - z.max(axis=axis)).sum(axis)
        ),
        "powers only": lambda z, axis=-1: np.exp(
            z - z.max(axis=axis, keepdims=True)
        ),
        "one maximum for all": lambda z, axis=-1: (
            np.exp(z - z.max())
            / np.exp(z - z.max()).sum(axis=axis, keepdims=True)
        ),
    },
    "self_attention.attention_weights": {
        "a fixed 2": lambda Q, K: weights(Q, K, by=2),
        "not scaled": lambda Q, K: weights(Q, K, by=1),
        "by d_k": lambda Q, K: weights(Q, K, by=K.shape[1]),
        "over queries": lambda Q, K: weights(Q, K, axis=0),
        "root of the number of keys": lambda Q, K: weights(
            Q, K, by=np.sqrt(len(K))
        ),
        "scaled afterwards": lambda Q, K: (
            softmax(Q @ K.T) / np.sqrt(K.shape[1])
        ),
    },
    "self_attention.weighted_values": {
        "transposed": lambda weights, V: weights.T @ V[: len(weights)],
        "mean": lambda weights, V: weights @ V / len(V),
        "V first": lambda weights, V: V.T @ weights.T,
        "the likeliest": lambda weights, V: V[weights.argmax(axis=1)],
        "not weighted": lambda weights, V: (
            np.ones_like(weights) @ V / V.shape[0]
        ),
        "softmax again": lambda weights, V: softmax(weights) @ V,
    },
    "self_attention.self_attention": {
        "values are X": no_projection_of_values,
        "softmax last": softmax_after_mixing,
        "scores returned": scores_returned,
        "output alone": lambda X, W_q, W_k, W_v: attend(X, W_q, W_k, W_v)[0],
        "swapped": lambda X, W_q, W_k, W_v: attend(X, W_q, W_k, W_v)[::-1],
        "query and key swapped": lambda X, W_q, W_k, W_v: attend(
            X, W_k, W_q, W_v
        ),
    },
}
