"""Right answers to `training.warmup_cosine_lr`."""

import math

import numpy as np
import torch


def rate_by_cases(step, warmup, total, peak, floor):
    if step < warmup:
        return step / warmup * peak
    if step > total:
        return floor
    way = (step - warmup) / (total - warmup)
    return floor + 0.5 * (1 + math.cos(math.pi * way)) * (peak - floor)


def rate_by_clipping(step, warmup, total, peak, floor):
    ramp = min(1, step / warmup) if warmup else 1
    way = min(max((step - warmup) / (total - warmup), 0), 1)
    cosine = np.cos(np.pi * way)
    middle, height = (peak + floor) / 2, (peak - floor) / 2
    return ramp * (middle + height * cosine)


def rate_by_a_square(step, warmup, total, peak, floor):
    if step <= warmup and warmup > 0:
        return torch.tensor(peak, dtype=torch.float64) * step / warmup
    way = (min(step, total) - warmup) / (total - warmup)
    return peak - (peak - floor) * math.sin(math.pi / 2 * way) ** 2


def rate_by_the_library(step, warmup, total, peak, floor):
    """Step by step, as in training."""
    from torch.optim import SGD
    from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR

    weight = torch.nn.Parameter(torch.zeros(1))
    if step < warmup:
        sgd = SGD([weight], lr=peak)
        schedule = LambdaLR(sgd, lambda each: each / warmup)
        number = step
    else:
        sgd = SGD([weight], lr=peak)
        schedule = CosineAnnealingLR(sgd, total - warmup, eta_min=floor)
        number = min(step, total) - warmup
    for _ in range(number):
        sgd.step()
        schedule.step()
    return sgd.param_groups[0]["lr"]


FORMS = [
    rate_by_cases,
    rate_by_clipping,
    rate_by_a_square,
    rate_by_the_library,
]
