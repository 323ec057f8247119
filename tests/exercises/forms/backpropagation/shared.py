"""What the forms of several exercises use."""

import numpy as np


def squash(z):
    return 1 / (1 + np.exp(-z))


def torch_network(x, W1, b1, W2, b2):
    """(hidden, logits) of tensors."""
    import torch

    hidden = 1 / (1 + torch.exp(-(x @ W1 + b1)))
    return hidden, hidden @ W2 + b2


def tensors(*arrays):
    import torch

    return [torch.from_numpy(np.asarray(a)) for a in arrays]
