"""What a library says to the exercises of this lesson."""

import torch
from torch.nn import functional

from tests.exercises.references.registry import judge_of


@judge_of("layer_norm.layer_norm")
def layer_norm(x, gamma, beta, eps=1e-5):
    return functional.layer_norm(x, x.shape[-1:], gamma, beta, eps)


@judge_of("layer_norm.batch_norm")
def batch_norm(x, gamma, beta, eps=1e-5):
    return functional.batch_norm(x, None, None, gamma, beta, True, eps=eps)


@judge_of("layer_norm.add_and_norm")
def add_and_norm(x, sublayer_output, gamma, beta, eps=1e-5):
    return layer_norm(x + sublayer_output, gamma, beta, eps)


@judge_of("layer_norm.feed_forward")
def feed_forward(x, W1, b1, W2, b2):
    hidden = functional.relu(functional.linear(x, W1.mT, b1))
    return functional.linear(hidden, W2.mT, b2)


@judge_of("layer_norm.dropout")
def dropout(x, p, rng):
    with torch.random.fork_rng():
        torch.manual_seed(int(rng.integers(2**62)))
        return functional.dropout(x, p, training=True)
