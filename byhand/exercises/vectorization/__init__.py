"""Lesson 02: arrays in place of loops, and descent with many weights.

The references avoid what a learner would write: complex steps for a
gradient, an eigenbasis for descent, exact fractions for a deviation, one
pair of rows at a time for distances. tests/exercises/test_references.py
holds them against NumPy, SciPy and PyTorch.
"""

from . import (
    broadcast_shape,
    descend,
    mse_gradient_vector,
    pairwise_distances,
    pairwise_dot,
    predict,
    standardize,
    weighted_sum,
)

LESSON = "02_vectorization"
EXERCISES = (
    weighted_sum.EXERCISE,
    broadcast_shape.EXERCISE,
    predict.EXERCISE,
    mse_gradient_vector.EXERCISE,
    descend.EXERCISE,
    standardize.EXERCISE,
    pairwise_dot.EXERCISE,
    pairwise_distances.EXERCISE,
)
