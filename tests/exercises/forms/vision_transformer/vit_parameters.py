"""Right answers to `vision_transformer.vit_parameters`."""

import numpy as np
import torch
from torch import nn

from .vision_transformer import Plain


def fits(image_size, patch):
    if image_size % patch != 0:
        raise ValueError(f"{image_size} is not a multiple of {patch}")
    return image_size // patch


def by_formula(image_size, patch, channels, d_model, num_layers, d_ff,
               num_classes):  # fmt: skip
    n, d, f = fits(image_size, patch) ** 2, d_model, d_ff
    block = 4 * (d * d + d) + (2 * d * f + f + d) + 4 * d
    rows = channels * patch * patch * d + d + d + (1 + n) * d
    return rows + num_layers * block + 2 * d + d * num_classes + num_classes


def linear(into, out):
    return out * (into + 1)


def part_by_part(image_size, patch, channels, d_model, num_layers, d_ff,
                 num_classes):  # fmt: skip
    side = fits(image_size, patch)
    total = linear(channels * patch * patch, d_model)
    total += d_model * (2 + side * side)
    for _ in range(num_layers):
        total += sum(linear(d_model, d_model) for _ in "qkvo")
        total += linear(d_model, d_ff) + linear(d_ff, d_model)
        total += 2 * 2 * d_model
    return total + 2 * d_model + linear(d_model, num_classes)


def by_layers(image_size, patch, channels, d_model, num_layers, d_ff,
              num_classes):  # fmt: skip
    side = fits(image_size, patch)
    with torch.device("meta"):
        parts = [nn.Linear(channels * patch**2, d_model)]
        parts += [nn.Linear(d_model, num_classes), nn.LayerNorm(d_model)]
        for _ in range(num_layers):
            parts += [nn.Linear(d_model, d_model) for _ in range(4)]
            parts += [nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)]
            parts += [nn.LayerNorm(d_model), nn.LayerNorm(d_model)]
    learned = [p for part in parts for p in part.parameters()]
    return sum(map(torch.numel, learned)) + d_model * (2 + side**2)


def by_the_model(image_size, patch, channels, d_model, num_layers, d_ff,
                 num_classes):  # fmt: skip
    fits(image_size, patch)
    with torch.device("meta"):
        model = Plain(image_size, patch, channels, d_model, num_layers, 1,
                      d_ff, num_classes)  # fmt: skip
    return sum(p.numel() for p in model.parameters())


def in_numpy(image_size, patch, channels, d_model, num_layers, d_ff,
             num_classes):  # fmt: skip
    n = fits(image_size, patch) ** 2
    d, f = np.int64(d_model), np.int64(d_ff)
    polynomial = np.array([4 * d * d, 2 * d * f, 4 * d, f + d, 4 * d])
    return (
        num_layers * polynomial.sum()
        + d * (channels * patch**2 + 1 + 1 + 1 + n + 2)
        + (d + 1) * num_classes
    )


FORMS = [by_formula, part_by_part, by_layers, by_the_model, in_numpy]
