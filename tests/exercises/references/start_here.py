"""What a library says to the exercises of this lesson."""

import torch

from tests.exercises.references.registry import judge_of


@judge_of("start_here.average")
def average(values):
    return torch.tensor(values, dtype=torch.float64).mean()
