"""Right answers to `scaling.softmax_with_temperature`."""

import math

import numpy as np
import scipy.special


def require_positive(temperature):
    if temperature <= 0:
        raise ValueError(f"the temperature should be above 0: {temperature}")


def sharpen_shifted(z, temperature):
    require_positive(temperature)
    gaps = z - z.max(axis=-1, keepdims=True)
    powers = np.exp(gaps / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def sharpen_row_by_row(z, temperature):
    require_positive(temperature)

    def sharpen(row):
        top = max(row)
        powers = [math.exp((value - top) / temperature) for value in row]
        return np.array(powers) / sum(powers)

    return np.apply_along_axis(sharpen, -1, z)


def sharpen_as_lists(z, temperature):
    return sharpen_row_by_row(z, temperature).tolist()


def sharpen_by_torch(z, temperature):
    import torch

    require_positive(temperature)
    z = torch.from_numpy(z)
    gaps = z - z.amax(dim=-1, keepdim=True)
    return torch.softmax(gaps / temperature, dim=-1)


def sharpen_by_logarithm(z, temperature):
    require_positive(temperature)
    gaps = (z - z.max(axis=-1)[..., None]) / temperature
    return np.exp(scipy.special.log_softmax(gaps, axis=-1))


FORMS = [
    sharpen_shifted,
    sharpen_row_by_row,
    sharpen_as_lists,
    sharpen_by_torch,
    sharpen_by_logarithm,
]
