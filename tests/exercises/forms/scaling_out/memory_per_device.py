"""Right answers to `scaling_out.memory_per_device`."""

import numpy as np


def refuse(workers, stage):
    if stage not in (0, 1, 2, 3):
        raise ValueError(f"stage should be 0, 1, 2 or 3; got {stage}")
    if workers < 1:
        raise ValueError(f"there should be a worker; got {workers}")


def by_cases(parameters, workers, stage):
    refuse(workers, stage)
    if stage == 0:
        return 16.0 * parameters
    if stage == 1:
        return 4 * parameters + 12 * parameters / workers
    if stage == 2:
        return 2 * parameters + 14 * parameters / workers
    return 16 * parameters / workers


def by_shares(parameters, workers, stage):
    refuse(workers, stage)
    optimiser = 12 / workers if stage >= 1 else 12
    gradients = 2 / workers if stage >= 2 else 2
    weights = 2 / workers if stage >= 3 else 2
    return (optimiser + gradients + weights) * parameters


def by_a_table(parameters, workers, stage):
    refuse(workers, stage)
    split = (0, 12, 14, 16)[stage]
    return parameters * (16 - split) + parameters * split / workers


def what_is_saved(parameters, workers, stage):
    refuse(workers, stage)
    total = 16 * parameters
    for size in (12, 2, 2)[:stage]:
        total -= size * parameters * (1 - 1 / workers)
    return total


def in_numpy(parameters, workers, stage):
    refuse(workers, stage)
    held = np.where(np.array([1, 2, 3]) <= stage, 1 / workers, 1.0)
    return np.dot([12, 2, 2], held) * parameters


FORMS = [by_cases, by_shares, by_a_table, what_is_saved, in_numpy]
