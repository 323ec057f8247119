"""What the forms of several exercises use."""

import math

import numpy as np


def norm_of_token(token, gamma, beta, eps):
    mean = sum(token) / len(token)
    variance = sum((value - mean) ** 2 for value in token) / len(token)
    root = math.sqrt(variance + eps)
    return [
        g * (value - mean) / root + b
        for value, g, b in zip(token, gamma, beta, strict=True)
    ]


def norm_by_arrays(x, gamma, beta, eps=1e-5):
    gaps = x - x.mean(-1)[..., None]
    return gamma * gaps / np.sqrt((gaps**2).mean(-1)[..., None] + eps) + beta


def norm_by_torch(x, gamma, beta, eps=1e-5):
    import torch

    layer = torch.nn.LayerNorm(x.shape[-1], eps=eps, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(gamma))
        layer.bias.copy_(torch.from_numpy(beta))
    return layer(torch.from_numpy(x))
