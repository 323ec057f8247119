"""Lesson 12: normalisation, the network behind attention, dropout.

The references are PyTorch's own functions, in float64.
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
