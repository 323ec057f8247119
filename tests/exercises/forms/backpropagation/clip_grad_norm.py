"""Right answers to `backpropagation.clip_grad_norm`."""

import math

import numpy as np


def by_loop(grads, max_norm):
    total = 0.0
    for g in grads:
        for x in np.ravel(g):
            total += x * x
    norm = math.sqrt(total)
    factor = 1.0
    if norm > max_norm:
        factor = max_norm / norm
    return [factor * g for g in grads], norm


def with_epsilon(grads, max_norm):
    """As PyTorch does: 10⁻⁶ in the divisor, and a factor of at most 1."""
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    factor = min(max_norm / (norm + 1e-6), 1.0)
    return [g * factor for g in grads], norm


def of_norms(grads, max_norm):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads])
    if norm <= max_norm:
        return [g.copy() for g in grads], norm
    return tuple(g / norm * max_norm for g in grads), norm


def as_lists(grads, max_norm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads]))
    factor = max_norm / max(norm, max_norm)
    return [[(g * factor).tolist() for g in grads], norm]


def by_torch(grads, max_norm):
    import torch

    grads = [torch.tensor(g) for g in grads]
    norm = torch.sqrt(sum((g * g).sum() for g in grads))
    factor = torch.clamp(max_norm / (norm + 1e-12), max=1.0)
    return [g * factor for g in grads], norm


def in_float32(grads, max_norm):
    grads = [np.float32(g) for g in grads]
    norm = np.sqrt(sum(np.vdot(g, g) for g in grads))
    return [
        g * np.float32(min(1, max_norm / (norm or 1))) for g in grads
    ], norm


FORMS = [by_loop, with_epsilon, of_norms, as_lists, by_torch, in_float32]
