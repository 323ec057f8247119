"""Lesson 03: neurons, a loss, and the way back through a network.

The activations are those of byhand/special.py, the gradients of the network
come from complex steps, those of a graph from dual numbers, which go forward.
tests/exercises/test_references.py holds them against PyTorch.
"""

from . import (
    clip_grad_norm,
    cross_entropy,
    gelu,
    leaky_relu,
    mlp_backward,
    mlp_forward,
    sigmoid,
    value,
)

LESSON = "03_backpropagation"
EXERCISES = (
    sigmoid.EXERCISE,
    leaky_relu.EXERCISE,
    gelu.EXERCISE,
    mlp_forward.EXERCISE,
    cross_entropy.EXERCISE,
    mlp_backward.EXERCISE,
    value.EXERCISE,
    clip_grad_norm.EXERCISE,
)
