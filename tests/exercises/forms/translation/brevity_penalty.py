"""Right answers to `translation.brevity_penalty`."""

import math

import numpy as np
import torch


def by_branches(hypothesis_length, reference_length):
    if hypothesis_length == 0:
        return 0.0
    if hypothesis_length >= reference_length:
        return 1
    return math.exp(1 - reference_length / hypothesis_length)


def by_the_smaller(c, r):
    return min(1.0, math.e ** (1 - r / c)) if c else 0


def by_a_tensor(hypothesis_length, reference_length):
    quotient = torch.tensor(reference_length) / hypothesis_length
    return (1 - quotient.double()).clamp(max=0).exp()


def by_logarithms(hypothesis_length, reference_length):
    with np.errstate(divide="ignore"):
        quotient = np.divide(float(reference_length), hypothesis_length)
    return np.exp(np.minimum(0, 1 - quotient))


FORMS = [by_branches, by_the_smaller, by_a_tensor, by_logarithms]
