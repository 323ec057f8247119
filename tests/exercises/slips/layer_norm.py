"""Slips in lesson 12."""

import numpy as np


def norm(x, gamma, beta, eps=1e-5, axis=-1, ddof=0, outside=False):
    mean = x.mean(axis=axis, keepdims=True)
    var = x.var(axis=axis, keepdims=True, ddof=ddof)
    root = np.sqrt(var) + eps if outside else np.sqrt(var + eps)
    return gamma * (x - mean) / root + beta


def but(**wrong):
    return lambda x, gamma, beta, eps=1e-5: norm(x, gamma, beta, eps, **wrong)


def no_eps(x, gamma, beta, eps=1e-5):
    return norm(x, gamma, beta, 0.0)


def by_variance(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    return gamma * (x - mean) / (x.var(axis=-1, keepdims=True) + eps) + beta


def no_gamma(x, gamma, beta, eps=1e-5):
    return norm(x, 1, beta, eps)


def beta_inside(x, gamma, beta, eps=1e-5):
    return gamma * (norm(x, 1, 0, eps) + beta)


def without_keepdims(x, gamma, beta, eps=1e-5):
    return gamma * (x - x.mean()) / np.sqrt(x.var() + eps) + beta


def drop(p_kept=None, scale=True, draw=None, refuse=lambda p: not 0 <= p < 1):
    def dropout(x, p, rng):
        if refuse(p):
            raise ValueError("p must be at least 0 and below 1")
        kept = (draw or (lambda rng, s, p: rng.random(s) >= p))(
            rng, x.shape, p
        )
        return x * kept / (1 - p) if scale else x * kept

    return dropout


def drop_by_p(x, p, rng):
    if not 0 <= p < 1:
        raise ValueError("p")
    return x * (rng.random(x.shape) >= p) / (p or 1)


def drop_rows(rng, shape, p):
    return np.broadcast_to(rng.random(shape[:1]) >= p, shape[::-1]).T


WRONG = {
    "layer_norm.layer_norm": {
        "n - 1": but(ddof=1),
        "outside the root": but(outside=True),
        "no root": by_variance,
        "over tokens": but(axis=0),
        "over everything": without_keepdims,
        "no gamma": no_gamma,
    },
    "layer_norm.batch_norm": {
        "rows": but(axis=1),
        "n - 1": but(axis=0, ddof=1),
        "outside the root": but(axis=0, outside=True),
        "no root": lambda x, gamma, beta, eps=1e-5: (
            gamma * (x - x.mean(0)) / (x.var(0) + eps) + beta
        ),
        "beta scaled": lambda x, gamma, beta, eps=1e-5: (
            gamma * (norm(x, 1, 0, eps, axis=0) + beta)
        ),
        "no mean": lambda x, gamma, beta, eps=1e-5: (
            gamma * x / np.sqrt(x.var(0) + eps) + beta
        ),
    },
    "layer_norm.add_and_norm": {
        "pre-norm": lambda x, sublayer_output, gamma, beta, eps=1e-5: (
            x + norm(sublayer_output, gamma, beta, eps)
        ),
        "no residual": lambda x, sublayer_output, gamma, beta, eps=1e-5: norm(
            sublayer_output, gamma, beta, eps
        ),
        "sum alone": lambda x, sublayer_output, gamma, beta, eps=1e-5: (
            x + sublayer_output
        ),
        "norm of x": lambda x, sublayer_output, gamma, beta, eps=1e-5: (
            norm(x, gamma, beta, eps) + sublayer_output
        ),
        "eps ignored": lambda x, sublayer_output, gamma, beta, eps=1e-5: norm(
            x + sublayer_output, gamma, beta
        ),
        "difference": lambda x, sublayer_output, gamma, beta, eps=1e-5: norm(
            x - sublayer_output, gamma, beta, eps
        ),
    },
    "layer_norm.feed_forward": {
        "no relu": lambda x, W1, b1, W2, b2: (x @ W1 + b1) @ W2 + b2,
        "relu last": lambda x, W1, b1, W2, b2: np.maximum(
            (x @ W1 + b1) @ W2 + b2, 0
        ),
        "relu twice": lambda x, W1, b1, W2, b2: np.maximum(
            np.maximum(x @ W1 + b1, 0) @ W2 + b2, 0
        ),
        "no b2": lambda x, W1, b1, W2, b2: np.maximum(x @ W1 + b1, 0) @ W2,
        "bias after": lambda x, W1, b1, W2, b2: (
            (np.maximum(x @ W1, 0) + b1) @ W2 + b2
        ),
        "residual": lambda x, W1, b1, W2, b2: (
            x + np.maximum(x @ W1 + b1, 0) @ W2 + b2
        ),
    },
    "layer_norm.dropout": {
        "not scaled": drop(scale=False),
        "scaled by p": drop_by_p,
        "keeps p": drop(draw=lambda rng, s, p: rng.random(s) < p),
        "lets 1 through": drop(refuse=lambda p: p < 0 or p > 1),
        "by columns": drop(
            draw=lambda rng, s, p: np.broadcast_to(rng.random(s[-1:]) >= p, s)
        ),
        "normal": drop(draw=lambda rng, s, p: rng.standard_normal(s) >= p),
    },
}
