"""The exercise `backpropagation.gelu`."""

from statistics import NormalDist

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable

NORMAL = NormalDist()
ROOT = np.sqrt(2 / np.pi)


def gated(x, *, gate=special.share_below):
    x = np.asarray(x, dtype=float)
    return x * gate(x)


def density(x):
    return np.vectorize(NORMAL.pdf)(x)


def one_and_tanh(x, cube=0.044715):
    return (1 + np.tanh(ROOT * (x + cube * x**3))) / 2


def wrong_gate(gate):
    return lambda x: gated(x, gate=gate)


EXERCISE = Exercise(
    id="backpropagation.gelu",
    signature="gelu(x)",
    asks=(
        "GELU in its exact form: $x \\cdot \\Phi(x)$, where $\\Phi(x) = "
        "\\tfrac12\\left(1 + \\text{erf}(x/\\sqrt2)\\right)$ is the share of "
        "a normal distribution that lies below $x$. `x` is an array of any "
        "shape, or a single number, and the result has the same shape. "
        "`math.erf` (one number), `scipy.special.erf` (arrays) and a normal "
        "distribution function are allowed."
    ),
    points=1,
    difficulty=2,
    importance=4,
    minutes=3,
    reference=gated,
    cases=(
        Case("one number", lambda rng: {"x": float(readable(rng))}),
        Case("three numbers", lambda rng: {"x": readable(rng, 3)}),
        Case(
            "where the forms differ most",
            lambda rng: {
                "x": np.array([2.7, -2.7, -0.7, float(readable(rng))])
            },
        ),
        Case("two rows", lambda rng: {"x": 2 * readable(rng, 2, 3)}),
        Case(
            "a stack of whole numbers: 0, near it, and far out",
            lambda rng: {"x": np.array([[[0, 40, 1]], [[-40, -6, -2]]])},
        ),
    ),
    misconceptions=(
        Misconception(
            "tanh form",
            "this is GPT-2's approximation with tanh. It differs from the "
            "exact form by up to 0.0005: use erf.",
            wrong_gate(one_and_tanh),
        ),
        Misconception(
            "tanh form without the cube",
            "you approximated Φ with tanh and left out the cube of x. The "
            "exact form needs erf.",
            wrong_gate(lambda x: one_and_tanh(x, 0)),
        ),
        Misconception(
            "sigmoid of 1.702 x",
            "you approximated Φ by the sigmoid of 1.702x. The exact form "
            "needs erf.",
            wrong_gate(lambda x: special.squashed(1.702 * x)),
        ),
        Misconception(
            "swish",
            "you multiplied x by its sigmoid: this is SiLU (swish). GELU "
            "multiplies x by Φ(x).",
            wrong_gate(special.squashed),
        ),
        Misconception(
            "√2 missing",
            "you took erf of x. Divide x by √2 first: Φ and erf measure x in "
            "different units.",
            wrong_gate(lambda x: (1 + special.erf(x)) / 2),
        ),
        Misconception(
            "times √2",
            "you multiplied x by √2 inside erf. Divide by it.",
            wrong_gate(lambda x: (1 + special.erf(x * 2**0.5)) / 2),
        ),
        Misconception(
            "√2 outside",
            "you divided erf by √2. Divide x by √2 before you take erf.",
            wrong_gate(lambda x: (1 + special.erf(x) / 2**0.5) / 2),
        ),
        Misconception(
            "2 for √2",
            "you divided x by 2 inside erf. Divide by √2.",
            wrong_gate(lambda x: (1 + special.erf(x / 2)) / 2),
        ),
        Misconception(
            "Φ alone",
            "this is Φ(x), between 0 and 1. Multiply it by x.",
            special.share_below,
        ),
        Misconception(
            "the density",
            "you multiplied x by the bell curve's height. Multiply by Φ, the "
            "area to the left of x.",
            wrong_gate(density),
        ),
        Misconception(
            "the 1 is missing",
            "you left out the 1 beside erf. Without it the gate goes from −½ "
            "to ½, not from 0 to 1.",
            wrong_gate(lambda x: special.erf(x / 2**0.5) / 2),
        ),
        Misconception(
            "brackets",
            "you multiplied only the 1 by ½x, and added erf. Both belong in "
            "the brackets.",
            lambda x: (
                0.5 * np.asarray(x) + special.erf(np.asarray(x) / 2**0.5)
            ),
        ),
        Misconception(
            "erf for Φ",
            "you multiplied x by erf itself. Φ is one half of 1 plus erf.",
            wrong_gate(lambda x: special.erf(x / 2**0.5)),
        ),
        Misconception(
            "root of 2 for 2",
            "you divided 1 plus erf by √2. Divide it by 2.",
            wrong_gate(lambda x: special.share_below(x) * 2**0.5),
        ),
        Misconception(
            "the half is missing",
            "your result is twice as large as it should be: the factor ½ is "
            "missing.",
            wrong_gate(lambda x: 2 * special.share_below(x)),
        ),
        Misconception(
            "the other side",
            "you multiplied by the share *above* x. Φ(x) is the share below "
            "x.",
            wrong_gate(lambda x: special.share_below(-x)),
        ),
        Misconception(
            "its slope",
            "this is the slope of GELU. Return its value.",
            lambda x: special.share_below(x) + gated(x, gate=density),
        ),
        Misconception(
            "ReLU",
            "this is ReLU. GELU lets a little of a negative x through: at −1 "
            "it is −0.1587.",
            lambda x: np.clip(x, 0, None),
        ),
        Misconception(
            "softplus",
            "you return a smooth curve that is positive everywhere. GELU has "
            "negative values left of 0.",
            lambda x: np.logaddexp(0, x),
        ),
        Misconception(
            "integer result",
            "you stored the results in an array of integers, which cuts off "
            "the decimals. Make it an array of floats.",
            lambda x: gated(x).astype(np.asarray(x).dtype),
        ),
    ),
    not_by=("gelu",),
    hints=(
        "Φ(0) is ½. So what is GELU at 0, and what does it come close to "
        "where x is large?",
        "`scipy.special.erf` takes a whole array. Divide x by √2 inside it, "
        "and multiply by x at the end.",
        "Φ = one half of (1 plus erf of x over √2); result = x times Φ.",
    ),
    returns=("result",),
)
