"""Right answers to `backpropagation.leaky_relu`."""

import numpy as np


def by_loop(x, alpha):
    if np.ndim(x) == 0:
        return x if x > 0 else alpha * x
    return [by_loop(one, alpha) for one in x]


def on_a_copy(x, alpha):
    result = np.array(x, dtype=float)
    result[result < 0] *= alpha
    return result


def by_torch(x, alpha):
    import torch

    x = torch.as_tensor(x, dtype=torch.float64)
    return torch.clamp(x, min=0) + alpha * torch.clamp(x, max=0)


FORMS = [
    by_loop,
    on_a_copy,
    by_torch,
    lambda x, alpha: np.where(np.asarray(x) > 0, x, alpha * np.asarray(x)),
    lambda x, alpha: np.maximum(x, alpha * np.asarray(x)),
    lambda x, alpha: np.maximum(x, 0) + alpha * np.minimum(x, 0),
    lambda x, alpha: x * (alpha + (1 - alpha) * np.heaviside(x, 0.5)),
    lambda x, alpha: np.float32(np.where(np.less(x, 0), alpha, 1.0)) * x,
]
