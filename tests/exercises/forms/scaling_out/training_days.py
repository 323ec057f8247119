"""Right answers to `scaling_out.training_days`."""

import datetime

import numpy as np
import torch


def refuse(devices, utilisation):
    if devices < 1:
        raise ValueError(f"there should be a device; got {devices}")
    if not 0 < utilisation <= 1:
        raise ValueError(f"a share of the peak, and got {utilisation}")


def by_formula(parameters, tokens, devices, peak_flops, utilisation):
    refuse(devices, utilisation)
    work = 6 * parameters * tokens
    return work / (devices * peak_flops * utilisation * 86_400)


def by_parts(parameters, tokens, devices, peak_flops, utilisation):
    refuse(devices, utilisation)
    forward = 2 * parameters * tokens
    seconds = (forward + 2 * forward) / (peak_flops * utilisation)
    return seconds / devices / 60 / 60 / 24


def token_by_token(parameters, tokens, devices, peak_flops, utilisation):
    refuse(devices, utilisation)
    tokens_a_second = devices * peak_flops * utilisation / (6 * parameters)
    return tokens / tokens_a_second / (24 * 3600)


def by_logarithms(parameters, tokens, devices, peak_flops, utilisation):
    refuse(devices, utilisation)
    times = np.log([6, parameters, tokens]).sum()
    over = np.log([devices, peak_flops, utilisation, 86_400]).sum()
    return np.exp(times - over)


def by_a_timedelta(parameters, tokens, devices, peak_flops, utilisation):
    refuse(devices, utilisation)
    day = datetime.timedelta(days=1).total_seconds()
    return 6 * parameters / day * tokens / devices / peak_flops / utilisation


def in_torch(parameters, tokens, devices, peak_flops, utilisation):
    refuse(devices, utilisation)
    work = torch.tensor([6.0, parameters, tokens], dtype=torch.float64).prod()
    return work / devices / peak_flops / utilisation / 86_400


FORMS = [
    by_formula,
    by_parts,
    token_by_token,
    by_logarithms,
    by_a_timedelta,
    in_torch,
]
