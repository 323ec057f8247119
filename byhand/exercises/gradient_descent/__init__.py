"""Lesson 01: a step, a loss, its gradient, and three ways through the data.

The losses come from dot products, their gradients from complex steps, a
single step from exact fractions. tests/exercises/test_references.py holds
them against PyTorch's loss function and its automatic differentiation.
"""

from . import (
    batch_epoch,
    gradient_step,
    minibatch_epoch,
    mse,
    mse_gradient,
    sgd_epoch,
    updates_per_epoch,
)

LESSON = "01_gradient_descent"
EXERCISES = (
    gradient_step.EXERCISE,
    mse.EXERCISE,
    mse_gradient.EXERCISE,
    batch_epoch.EXERCISE,
    sgd_epoch.EXERCISE,
    minibatch_epoch.EXERCISE,
    updates_per_epoch.EXERCISE,
)
