"""Right answers to `layer_norm.feed_forward`."""

import numpy as np


def network_token_by_token(x, W1, b1, W2, b2):
    if np.ndim(x) > 1:
        return [network_token_by_token(part, W1, b1, W2, b2) for part in x]
    hidden = [
        max(0.0, sum(a * w for a, w in zip(x, column, strict=True)) + bias)
        for column, bias in zip(W1.T, b1, strict=True)
    ]
    return np.array(hidden) @ W2 + b2


def network_by_einsum(x, W1, b1, W2, b2):
    inner = np.einsum("...d,df->...f", x, W1) + b1
    return np.einsum("...f,fd->...d", inner * (inner > 0), W2) + b2


def network_by_torch(x, W1, b1, W2, b2):
    import torch

    x, W1, b1, W2, b2 = map(torch.from_numpy, (x, W1, b1, W2, b2))
    return torch.relu(x @ W1 + b1) @ W2 + b2


def network_in_float32(x, W1, b1, W2, b2):
    inner = np.tensordot(x.astype("float32"), W1.astype("float32"), axes=1)
    return np.where(inner + b1 < 0, 0, inner + b1) @ W2 + b2


FORMS = [
    network_token_by_token,
    network_by_einsum,
    network_by_torch,
    network_in_float32,
    lambda x, W1, b1, W2, b2: np.maximum(0, x @ W1 + b1).dot(W2) + b2,
]
