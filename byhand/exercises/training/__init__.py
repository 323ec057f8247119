"""Lesson 15: targets, the loss, an optimiser's step, the learning rate.

The references are PyTorch's padding, loss and optimiser, and for the
schedule a formula in complex numbers.
"""

from . import (
    adam_step,
    cross_entropy,
    shift_right,
    warmup_cosine_lr,
)

LESSON = "15_training"
EXERCISES = (
    shift_right.EXERCISE,
    cross_entropy.EXERCISE,
    adam_step.EXERCISE,
    warmup_cosine_lr.EXERCISE,
)
