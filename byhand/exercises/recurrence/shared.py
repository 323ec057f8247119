"""Cells, and the numbers they are given, for several exercises of lesson 06.

Written for complex numbers too, so that slopes can be had by complex steps.
"""

import numpy as np

from ..pieces.inputs import readable

HALF = 0.5  # weights of this size leave tanh and sigmoid room to differ


def gate(x):
    """The sigmoid."""
    return (1 + np.tanh(x / 2)) / 2


def product(x, W):
    """(…, a) by (a, b)."""
    return np.einsum("...i,ij->...j", x, W)


def cell(x, h, W_x, W_h, b):
    return np.tanh(product(x, W_x) + product(h, W_h) + b)


def states_of(X, h0, W_x, W_h, b, *, step=cell):
    """(n, h): the state after each row of X."""
    found, h = [], h0
    for row in X:
        h = step(row, h, W_x, W_h, b)
        found.append(h)
    return np.stack(found)


def weights(rng, d, h, blocks=1, biases=("b",)):
    """W_x, W_h and biases: no two blocks alike."""
    given = {
        "W_x": HALF * readable(rng, d, blocks * h),
        "W_h": HALF * readable(rng, h, blocks * h),
    }
    return given | {name: HALF * readable(rng, blocks * h) for name in biases}


def cell_inputs(rng, d, h, lead=(), blocks=1, biases=("b",), cells=("h",)):
    """One step's: x, what is carried, and the weights."""
    return {
        "x": readable(rng, *lead, d),
        **{name: HALF * readable(rng, *lead, h) for name in cells},
        **weights(rng, d, h, blocks, biases),
    }


def at_first(given):
    """The same, where the state is zeros, as before the first token."""
    carried = [name for name in ("h", "c") if name in given]
    return given | {name: np.zeros_like(given[name]) for name in carried}


def far_out(given):
    """The same for one number and one unit, with sums of about 800.

    Not of −800: there the usual sigmoid is right, and warns.
    """
    ones = {name: np.ones_like(given[name]) for name in ("W_x", "W_h")}
    return given | {"x": np.array([800.0])} | ones


def read(rng, n, d, h):
    """A sequence of n rows, a first state, and the weights."""
    return {
        "X": readable(rng, n, d),
        "h0": HALF * readable(rng, h),
        **weights(rng, d, h),
    }


def complex_slopes(loss, vector):
    """The gradient of a number by one array, an entry at a time.

    A step of ih moves the loss by ih times its slope: nothing is subtracted,
    so that with h this small it is exact to rounding.
    """
    h = 1e-20
    slopes = np.zeros(np.shape(vector))
    for place in np.ndindex(slopes.shape):
        moved = np.array(vector, dtype=complex)
        moved[place] += 1j * h
        slopes[place] = loss(moved).imag / h
    return slopes
