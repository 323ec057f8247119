"""Attention in NumPy, and ways in which its weights go wrong.

softmax(QKᵀ/√d_k) V, equation 1 of "Attention Is All You Need" (Vaswani et
al. 2017). Q is (…, n, d_k), K is (…, m, d_k), V is (…, m, d_v). A mask is
boolean, True for "may attend", and broadcasts to (…, n, m).

What gives weights takes (scores, mask), so that it fits `attend(weigh=…)`.
None of these has the name of an exercise: a learner's function of that name
would be used for it.
"""

import numpy as np

from byhand import special


def fits(Q, K, scale=None):
    """How well each query fits each key, times `scale`: (…, n, m).

    scale: 1/√d_k where it is not given.
    """
    scale = np.shape(K)[-1] ** -0.5 if scale is None else scale
    return np.einsum("...qd,...kd->...qk", Q, K) * scale


def shares(scores, mask=True, *, axis=-1):
    """The softmax along `axis` of what the mask allows: the right weights.

    Finite for any finite scores. Where nothing is allowed there are zeros.
    """
    hidden = np.where(mask, scores, -np.inf)
    some = np.isfinite(hidden).any(axis=axis, keepdims=True)
    # A gap too wide for float64 is −∞, whose weight is 0 as it should be.
    with np.errstate(over="ignore"):
        weights = special.shares(np.where(some, hidden, 0.0), axis=axis)
    return np.where(some, weights, 0.0)


def attend(Q, K, V, mask=True, *, scale=None, weigh=shares):
    """The output (…, n, d_v), and the weights (…, n, m)."""
    weights = weigh(fits(Q, K, scale), mask)
    return np.einsum("...qk,...kd->...qd", weights, V), weights


def unstable_softmax(z, axis=-1):
    """The formula as it is, which overflows."""
    powers = np.exp(z)
    return powers / np.sum(powers, axis=axis, keepdims=True)


def not_masked(scores, mask):
    return shares(scores)


def zeroed_after(scores, mask):
    return np.where(mask, shares(scores), 0.0)


def zeroed_before(scores, mask):
    return shares(scores * mask)


def not_a_number(scores, mask):
    """Minus infinity where the mask forbids, and 0/0 where it forbids all."""
    hidden = np.where(mask, scores, -np.inf)
    return special.shares(hidden, axis=-1)


def minus_a_billion(scores, mask):
    return shares(np.where(mask, scores, -1e9))


def over_queries(scores, mask):
    return shares(scores, mask, axis=-2)
