"""Lesson 08: why scores are divided by √d_k, and what happens if not.

The references are einsum, the softmax and entropy of byhand/special.py, and
derivatives by complex steps, held against PyTorch by
tests/exercises/test_references.py.
That dot products of unit normals have variance d_k is worked out beside
`dot_product_variance`.
"""

from . import (
    attention_entropy,
    dot_product_variance,
    scaled_scores,
    softmax_jacobian,
    softmax_with_temperature,
)

LESSON = "08_scaling"
EXERCISES = (
    scaled_scores.EXERCISE,
    softmax_jacobian.EXERCISE,
    dot_product_variance.EXERCISE,
    attention_entropy.EXERCISE,
    softmax_with_temperature.EXERCISE,
)
