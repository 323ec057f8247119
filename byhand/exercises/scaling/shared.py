"""What several exercises of lesson 08 use."""

import numpy as np


def wrong_softmax(z):
    """For the misconceptions: right, but not stable."""
    powers = np.exp(z)
    return powers / np.sum(powers, axis=-1, keepdims=True)


def of(d_k, samples):
    return lambda rng: {
        "d_k": d_k,
        "samples": samples,
        "rng": np.random.default_rng(rng.integers(2**62)),
    }
