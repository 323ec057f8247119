"""Lesson 22: one training on several machines, and its arithmetic."""

from . import (
    all_reduce_bytes,
    combine_gradients,
    memory_per_device,
    reduce_scatter,
    shard_indices,
    sync_gradients,
    training_days,
)

LESSON = "22_scaling_out"
EXERCISES = (
    shard_indices.EXERCISE,
    sync_gradients.EXERCISE,
    combine_gradients.EXERCISE,
    reduce_scatter.EXERCISE,
    all_reduce_bytes.EXERCISE,
    memory_per_device.EXERCISE,
    training_days.EXERCISE,
)
