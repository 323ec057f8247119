"""What several exercises of lesson 12 use."""

import numpy as np

from ..pieces.inputs import readable


def with_torch(function, *arrays):
    """A function of torch.nn.functional on float64 arrays."""
    tensors = (tensor_of(array) for array in arrays)
    return function(*tensors).numpy()


def tensor_of(array):
    import torch  # takes seconds, and not every exercise needs it

    return torch.from_numpy(np.array(array, dtype=float))


def torch_layer_norm(x, gamma, beta, eps=1e-5):
    from torch.nn import functional

    return with_torch(
        lambda x, g, b: functional.layer_norm(x, x.shape[-1:], g, b, eps),
        *(x, gamma, beta),
    )


def standardised(x, eps, axis, ddof=0):
    """For the misconceptions: mean 0 and variance 1 along `axis`."""
    centred = x - np.mean(x, axis, keepdims=True)
    variances = np.var(x, axis, ddof=ddof, keepdims=True)
    return centred / np.sqrt(variances + eps)


def stretched(standard):
    """An answer that gives γ · standard(x, eps) + β."""

    def answer(x, gamma, beta, eps=1e-5):
        return gamma * standard(x, eps) + beta

    return answer


def along(axis, ddof=0):
    return stretched(lambda x, eps: standardised(x, eps, axis, ddof))


def far_apart(rng, axis, *shape):
    """Readable numbers that are never nearly alike along `axis`.

    Dividing by a tiny spread would blow rounding up beyond the tolerance.
    """
    while True:
        x = readable(rng, *shape)
        if (x.std(axis=axis) > 0.5).all():
            return x


def normalising(axis, x=None, gamma=None, beta=None, eps=None, shape=()):
    """The inputs of a case; what is not given is 1, 0 and the default ε."""

    def inputs(rng):
        drawn = far_apart(rng, axis, *shape) if x is None else x(rng)
        d = drawn.shape[-1]
        given = {
            "x": drawn,
            "gamma": np.ones(d) if gamma is None else gamma(rng, d),
            "beta": np.zeros(d) if beta is None else beta(rng, d),
        }
        return given if eps is None else {**given, "eps": eps}

    return inputs


def of_sizes(axis, factors, *shape):
    """Rows (axis −1) or columns (axis 0), each of a size of its own."""

    def x(rng):
        sizes = np.array(factors, dtype=float)
        return far_apart(rng, axis, *shape) * (
            sizes[:, None] if axis == -1 else sizes
        )

    return x


def no_eps(x, eps, axis=-1):
    return standardised(x, 0.0, axis)


def variance_for_root(x, eps, axis=-1):
    centred = x - np.mean(x, axis, keepdims=True)
    return centred / (np.var(x, axis, keepdims=True) + eps)


def not_centred(x, eps, axis=-1):
    return x / np.sqrt(np.var(x, axis, keepdims=True) + eps)


def beta_first(axis):
    def answer(x, gamma, beta, eps=1e-5):
        return gamma * (standardised(x, eps, axis) + beta)

    return answer


def swapped(axis):
    def answer(x, gamma, beta, eps=1e-5):
        return beta * standardised(x, eps, axis) + gamma

    return answer


def without_parameters(axis):
    def answer(x, gamma, beta, eps=1e-5):
        return standardised(x, eps, axis)

    return answer


EPS_OUTSIDE = (
    "you add ε to the standard deviation, *after* the root. It belongs "
    "inside, added to the variance; with ε = 0.1 the difference shows."
)
