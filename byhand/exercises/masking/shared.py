"""What several exercises of lesson 09 use."""

import numpy as np
import scipy.special


def torch_attention(Q, K, V, mask, scale=None):
    """PyTorch's attention under a boolean mask, on float64 arrays."""
    import torch  # takes seconds, and only these exercises need it

    shape = (*np.shape(Q)[:-1], np.shape(K)[-2])
    # A copy: an array stretched by broadcasting cannot be written to, which
    # PyTorch warns about.
    mask = torch.from_numpy(np.broadcast_to(mask, shape).copy())
    tensors = (torch.from_numpy(np.asarray(a, dtype=float)) for a in (Q, K, V))
    return torch.nn.functional.scaled_dot_product_attention(
        *tensors, attn_mask=mask, scale=scale
    ).numpy()


def torch_weights(Q, K, mask, scale=None):
    # Attention over an identity matrix of values returns the weights.
    m = np.shape(K)[-2]
    values = np.broadcast_to(np.eye(m), (*np.shape(K)[:-2], m, m)).copy()
    return torch_attention(Q, K, values, mask, scale)


def right_weights(scores, mask):
    """The softmax of the scores that the mask lets through."""
    keys = np.shape(scores)[-1]
    identity = np.broadcast_to(
        np.eye(keys), (*np.shape(scores)[:-2], keys, keys)
    ).copy()
    return torch_weights(scores, identity, mask, scale=1.0)


def plain_softmax(scores, axis=-1):
    return scipy.special.softmax(scores, axis=axis)


def minus_infinity(scores, mask):
    return np.where(mask, scores, -np.inf)


def rows_add_up(weights):
    sums = weights.sum(axis=-1)
    return bool((np.isclose(sums, 1) | np.isclose(sums, 0)).all())


ROWS_ADD_UP = "every row of weights adds up to 1, or to 0 where all is masked"


def look_back(n):
    """Of PyTorch's mask, 0 where a word may look and −∞ where not."""
    import torch

    square = torch.nn.Transformer.generate_square_subsequent_mask(n)
    return torch.isfinite(square).numpy()


def flags(*rows):
    return np.array([[c == "1" for c in row] for row in rows])


def and_as_product(padding, causal):
    product = np.einsum("bk,qk->bqk", padding * 1.0, causal * 1.0)
    return product == 1


def allowed(rng, *shape):
    """A random mask in which every row has an open and a shut cell."""
    *rows, m = shape
    mask = rng.random(shape) < 0.5
    mask[..., 0], mask[..., -1] = True, False
    return rng.permuted(mask.reshape(-1, m), axis=1).reshape(*rows, m)


def zeroed_after(scores, mask):
    return np.where(mask, plain_softmax(scores), 0.0)


def zeroed_before(scores, mask):
    return plain_softmax(scores * mask)


def not_a_number(scores, mask):
    return plain_softmax(minus_infinity(scores, mask))


def minus_a_billion(scores, mask):
    return plain_softmax(np.where(mask, scores, -1e9))


def over_queries(scores, mask):
    scores, mask = np.broadcast_arrays(scores, mask)
    swapped = right_weights(scores.swapaxes(-1, -2), mask.swapaxes(-1, -2))
    return swapped.swapaxes(-1, -2)
