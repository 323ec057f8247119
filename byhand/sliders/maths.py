"""What several figures compute, by hand in NumPy: none needs PyTorch."""

import numpy as np

from byhand import special

EPSILON = 1e-5  # of a norm, as in PyTorch


def softmax(scores, axis=-1, mask=None):
    """Shares along an axis that add up to 1, in the shape of the scores.

    Finite for any finite scores. mask: True where a score counts, somewhere
    in every row.
    """
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    return special.shares(scores, axis=axis)


def attend(Q, K, V, mask=None):
    """Scaled dot-product attention: weights (…, n, m), output (…, n, d_v).

    Q: (…, n, d_k). K: (…, m, d_k). V: (…, m, d_v). mask: as in `softmax`.
    """
    scores = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])
    weights = softmax(scores, mask=mask)
    return weights, weights @ V


def standardise(x, axis=-1, epsilon=EPSILON):
    """Mean 0 and variance 1 along an axis (a norm with γ = 1 and β = 0)."""
    centred = x - x.mean(axis=axis, keepdims=True)
    return centred / np.sqrt(x.var(axis=axis, keepdims=True) + epsilon)


def entropy(shares):
    """In nats; what has no share adds nothing."""
    some = shares[shares > 0]
    return float(-np.sum(some * np.log(some)))
