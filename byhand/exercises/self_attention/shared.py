"""What several exercises of lesson 07 use."""

import numpy as np

from ..pieces.inputs import readable


def torch_attention(Q, K, V, scale=None):
    """PyTorch's fused attention on float64 arrays (…, n, d)."""
    import torch  # takes seconds, and only these exercises need it

    tensors = (torch.from_numpy(np.asarray(a)) for a in (Q, K, V))
    out = torch.nn.functional.scaled_dot_product_attention(
        *tensors, scale=scale
    )
    return out.numpy()


def torch_weights(Q, K, scale=None):
    # Attention over an identity matrix of values returns the weights.
    return torch_attention(Q, K, np.eye(K.shape[-2]), scale)


def wrong_softmax(z, axis=-1):
    """For the misconceptions: right, but not stable."""
    powers = np.exp(z)
    return powers / np.sum(powers, axis=axis, keepdims=True)


def rows_are_weights(weights):
    return bool(np.allclose(weights.sum(axis=-1), 1) and (weights >= 0).all())


def pair(rng, n, m, d):
    return {"Q": readable(rng, n, d), "K": readable(rng, m, d)}
