"""What several exercises of lesson 12 use."""

import numpy as np

from ..pieces.inputs import readable


def mean(x, axis):
    return np.mean(x, axis, keepdims=True)


def deviation(x, axis, eps, ddof=0):
    """√(σ² + ε), as the hypotenuse over σ and √ε."""
    return np.hypot(np.std(x, axis, ddof=ddof, keepdims=True), np.sqrt(eps))


def stretched(z, gamma, beta):
    return gamma * z + beta


def normalise(
    x,
    gamma,
    beta,
    eps=1e-5,
    *,
    axis=-1,
    centre=mean,
    spread=deviation,
    stretch=stretched,
):
    """Mean 0 and variance 1 along `axis`, then γ and β.

    centre, spread: what is taken away, and what that is divided by.
    """
    z = (x - centre(x, axis)) / spread(x, axis, eps)
    return stretch(z, gamma, beta)


# Wrong parts for its seams.
def nothing(x, axis):
    return 0.0


def sample_deviation(x, axis, eps):
    return deviation(x, axis, eps, ddof=1)


def eps_outside(x, axis, eps):
    return np.std(x, axis, keepdims=True) + eps


def no_eps(x, axis, eps):
    return np.std(x, axis, keepdims=True)


def variance_for_root(x, axis, eps):
    return np.var(x, axis, keepdims=True) + eps


def beta_first(z, gamma, beta):
    return gamma * (z + beta)


def swapped(z, gamma, beta):
    return beta * z + gamma


def unstretched(z, gamma, beta):
    return z


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


EPS_OUTSIDE = (
    "you add ε to the standard deviation, *after* the root. It belongs "
    "inside, added to the variance. With ε = 0.1 the difference shows."
)
