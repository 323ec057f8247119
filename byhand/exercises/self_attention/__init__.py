"""Lesson 07: dot products, softmax, weighted values, self-attention.

The references are einsum and the softmax of byhand/special.py, held against
PyTorch's own attention function by tests/exercises/test_references.py. The
formulas are those of "Attention Is All You Need" (Vaswani et al. 2017),
equation 1.
"""

from . import (
    attention_weights,
    dot_product_scores,
    self_attention,
    softmax,
    weighted_values,
)

LESSON = "07_self_attention"
EXERCISES = (
    dot_product_scores.EXERCISE,
    softmax.EXERCISE,
    attention_weights.EXERCISE,
    weighted_values.EXERCISE,
    self_attention.EXERCISE,
)
