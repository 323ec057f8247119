"""Slips in lesson 08."""

import numpy as np

from tests.exercises.forms.self_attention.shared import (
    softmax_by_max as softmax,
)


def table(d_k, samples, rng):
    n = min(samples, 500)
    Q, K = rng.standard_normal((n, d_k)), rng.standard_normal((n, d_k))
    return (Q @ K.T).var()


def same_draw(d_k, samples, rng):
    Q = rng.standard_normal((samples, d_k))
    return (Q * Q).sum(axis=1).var()


def measured(reduce, draw=None):
    def variance(d_k, samples, rng):
        draw_ = draw or (lambda rng, shape: rng.standard_normal(shape))
        Q, K = draw_(rng, (samples, d_k)), draw_(rng, (samples, d_k))
        return reduce((Q * K).sum(axis=1), d_k)

    return variance


def without_rng(d_k, samples, rng):
    Q = np.random.default_rng(0).standard_normal((samples, d_k))
    K = np.random.default_rng(1).standard_normal((samples, d_k))
    return (Q * K).sum(axis=1).var()


def entropy(w, log=np.log, axis=-1, sign=-1):
    return sign * (w * log(np.where(w > 0, w, 1))).sum(axis=axis)


def jacobian(z, plus=1):
    p = softmax(z)
    return np.diag(p) - plus * np.outer(p, p)


def zero_only(z, temperature):
    if temperature == 0:
        raise ValueError("the temperature must not be 0")
    return softmax(z / abs(temperature))


def refusing(function):
    def answer(z, temperature):
        if temperature <= 0:
            raise ValueError("the temperature must be positive")
        return function(z, temperature)

    return answer


def returns_none(z, temperature):
    if temperature <= 0:
        print("the temperature must be positive")
        return None
    z = z - z.max(axis=-1, keepdims=True)
    return softmax(z / temperature)


WRONG = {
    "scaling.scaled_scores": {
        "by d_k": lambda Q, K: Q @ K.T / K.shape[1],
        "fixed 3": lambda Q, K: Q @ K.T / 3,
        "by the keys": lambda Q, K: Q @ K.T / np.sqrt(len(K)),
        "times": lambda Q, K: Q @ K.T * np.sqrt(K.shape[1]),
        "both scaled": lambda Q, K: (
            Q / np.sqrt(K.shape[1]) @ (K / np.sqrt(K.shape[1])).T
        ),
        "softmax too": lambda Q, K: softmax(Q @ K.T / np.sqrt(K.shape[1])),
    },
    "scaling.dot_product_variance": {
        "same draw": same_draw,
        "deviation": measured(lambda s, d: s.std()),
        "mean": measured(lambda s, d: s.mean()),
        "uniform": measured(
            lambda s, d: s.var(), lambda rng, shape: rng.random(shape)
        ),
        "scaled": measured(lambda s, d: (s / np.sqrt(d)).var()),
        "own generator": without_rng,
    },
    "scaling.attention_entropy": {
        "bits": lambda weights: entropy(weights, np.log2),
        "sign": lambda weights: entropy(weights, sign=1),
        "nan": lambda weights: -(weights * np.log(weights)).sum(axis=-1),
        "columns": lambda weights: entropy(weights, axis=-2),
        "mean": lambda weights: (
            -(weights * np.log(np.where(weights > 0, weights, 1))).mean(
                axis=-1
            )
        ),
        "all together": lambda weights: entropy(weights, axis=None),
    },
    "scaling.softmax_jacobian": {
        "diagonal alone": lambda z: np.diag(softmax(z) * (1 - softmax(z))),
        "plus": lambda z: jacobian(z, -1),
        "identity": lambda z: (
            np.eye(len(z)) - np.outer(softmax(z), softmax(z))
        ),
        "no maximum": lambda z: (
            np.diag(np.exp(z) / np.exp(z).sum())
            - np.outer(np.exp(z), np.exp(z)) / np.exp(z).sum() ** 2
        ),
        "a vector": lambda z: softmax(z) * (1 - softmax(z)),
        "outer alone": lambda z: -np.outer(softmax(z), softmax(z)),
    },
    "scaling.softmax_with_temperature": {
        "times": refusing(lambda z, t: softmax(z * t)),
        "afterwards": refusing(lambda z, t: softmax(z) / t),
        "overflows": refusing(
            lambda z, t: np.exp(z / t) / np.exp(z / t).sum(-1, keepdims=True)
        ),
        "zero only": zero_only,
        "whole table": refusing(
            lambda z, t: softmax(z.ravel() / t).reshape(z.shape)
        ),
        "prints": returns_none,
    },
}
