"""Right answers to `multi_head.count_parameters`."""

import numpy as np


def count_by_formula(d_model, num_heads, bias=True):
    return 4 * d_model * d_model + 4 * d_model * int(bias)


def count_head_by_head(d_model, num_heads, bias=True):
    width = d_model // num_heads
    total = 0
    for _ in range(num_heads):
        for _ in "qkv":
            total += d_model * width
            if bias:
                total += width
    return total + d_model * d_model + (d_model if bias else 0)


def count_by_arrays(d_model, num_heads, bias=True):
    arrays = [np.empty((d_model, d_model)) for _ in range(4)]
    if bias:
        arrays += [np.empty(d_model) for _ in range(4)]
    return sum(a.size for a in arrays)


def count_by_linear_layers(d_model, num_heads, bias=True):
    import torch

    layers = [torch.nn.Linear(d_model, d_model, bias=bias) for _ in range(4)]
    return sum(p.numel() for layer in layers for p in layer.parameters())


FORMS = [
    count_by_formula,
    count_head_by_head,
    count_by_arrays,
    count_by_linear_layers,
    lambda d_model, num_heads, bias=True: 4 * d_model * (d_model + bool(bias)),
]
