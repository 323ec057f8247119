"""Lesson 12: normalisation, the network behind attention, dropout.

The references are NumPy: a norm that divides by a hypotenuse over σ and √ε,
the network by einsum, dropout by tosses of a coin.
tests/exercises/test_references.py holds them against PyTorch's functions.
"""

from . import (
    add_and_norm,
    batch_norm,
    dropout,
    feed_forward,
    layer_norm,
)

LESSON = "12_layer_norm"
EXERCISES = (
    layer_norm.EXERCISE,
    batch_norm.EXERCISE,
    add_and_norm.EXERCISE,
    feed_forward.EXERCISE,
    dropout.EXERCISE,
)
