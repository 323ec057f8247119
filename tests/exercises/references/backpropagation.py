"""What a library says to the exercises of this lesson."""

import torch
from torch.nn import functional

from tests.exercises.references.registry import LIBRARY, judge_of


@judge_of("backpropagation.sigmoid")
def sigmoid(x):
    return torch.sigmoid(torch.as_tensor(x, dtype=torch.float64))


@judge_of("backpropagation.leaky_relu")
def leaky_relu(x, alpha):
    x = torch.as_tensor(x, dtype=torch.float64)
    return functional.leaky_relu(x, alpha)


@judge_of("backpropagation.gelu")
def gelu(x):
    return functional.gelu(torch.as_tensor(x, dtype=torch.float64))


@judge_of("backpropagation.mlp_forward")
def mlp_forward(x, W1, b1, W2, b2):
    hidden = torch.sigmoid(functional.linear(x, W1.mT, b1))
    return hidden, functional.linear(hidden, W2.mT, b2)


LIBRARY["backpropagation.cross_entropy"] = functional.cross_entropy


@judge_of("backpropagation.mlp_backward")
def mlp_backward(x, targets, *weights):
    weights = [w.requires_grad_() for w in weights]
    _, logits = mlp_forward(x, *weights)
    return torch.autograd.grad(
        functional.cross_entropy(logits, targets), weights
    )


@judge_of("backpropagation.Value")
def value(data):
    """A leaf of PyTorch's own, which has the same operators."""
    leaf = torch.tensor(data, dtype=torch.float64, requires_grad=True)
    leaf.grad = torch.zeros_like(leaf)  # in place of None
    return leaf


@judge_of("backpropagation.clip_grad_norm")
def clip_grad_norm(grads, max_norm):
    """The library's own; its 10⁻⁶ in the divisor is taken out again."""
    leaves = [torch.zeros(g.shape, dtype=torch.float64) for g in grads]
    for leaf, grad in zip(leaves, grads, strict=True):
        leaf.grad = torch.tensor(grad)
    norm = torch.nn.utils.clip_grad_norm_(leaves, max_norm)
    undone = (norm + 1e-6) / norm if norm > max_norm else 1.0
    return [leaf.grad * undone for leaf in leaves], norm
