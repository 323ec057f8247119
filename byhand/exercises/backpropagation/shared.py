"""The network of lesson 03, and its inputs, for several exercises."""

import numpy as np

from ..pieces.inputs import readable


def curve(z):
    """The sigmoid, for complex numbers too."""
    return (1 + np.tanh(z / 2)) / 2


def layer(x, W, b):
    return np.einsum("ni,ij->nj", x, W) + b


def run(x, W1, b1, W2, b2, *, bend=curve, first=layer, second=layer):
    """(hidden, logits) of a network with one hidden layer."""
    hidden = bend(first(x, W1, b1))
    return hidden, second(hidden, W2, b2)


def network(rng, n, d, h, k):
    """Inputs and weights of these sizes."""
    return {
        "x": readable(rng, n, d),
        "W1": readable(rng, d, h),
        "b1": readable(rng, h),
        "W2": readable(rng, h, k),
        "b2": readable(rng, k),
    }


def classes(rng, n, k):
    """An id for each of n rows; no two neighbours alike, not all the same."""
    start = int(rng.integers(k))
    step = int(rng.integers(1, k))
    return (start + step * np.arange(n)) % k
