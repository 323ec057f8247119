"""The exercise `layer_norm.feed_forward`."""

from statistics import NormalDist

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but


def network(*shape, d_ff, signs=None):
    """x of that shape; signs: those of x, W1, b1, W2 and b2, else random."""
    d = shape[-1]
    shapes = {
        "x": shape,
        "W1": (d, d_ff),
        "b1": (d_ff,),
        "W2": (d_ff, d),
        "b2": (d,),
    }

    def inputs(rng):
        drawn = {name: readable(rng, *size) for name, size in shapes.items()}
        if signs is None:
            return drawn
        return {
            name: sign * np.abs(drawn[name])
            for name, sign in zip(shapes, signs, strict=True)
        }

    return inputs


def relu(z):
    return np.clip(z, 0, None)


def gelu(z):
    return z * np.vectorize(NormalDist().cdf)(z)


def as_it_is(z):
    return z


def bend_between(x, W1, b1, W2, b2, *, bend=relu, end=as_it_is):
    """bend: the activation between the layers. end: one behind them."""
    hidden = bend(np.einsum("...i,ij->...j", x, W1) + b1)
    return end(np.einsum("...j,jk->...k", hidden, W2) + b2)


EXERCISE = Exercise(
    id="layer_norm.feed_forward",
    signature="feed_forward(x, W1, b1, W2, b2)",
    asks=(
        "The position-wise network: widen each token, set what is negative "
        r"to 0, narrow it again: $\max(0,\, x W_1 + b_1)\, W_2 + b_2$. `x` "
        "is `(…, d_model)`, `W1` is `(d_model, d_ff)`, `b1` is `(d_ff,)`, "
        "`W2` is `(d_ff, d_model)`, `b2` is `(d_model,)`; the result has "
        "the shape of `x`."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=bend_between,
    cases=(
        Case("one token", network(2, d_ff=3)),
        Case(
            "everything inside is positive, and the result negative",
            network(1, 2, d_ff=3, signs=(1, 1, 1, -1, -1)),
        ),
        Case(
            "everything inside is negative",
            network(1, 2, d_ff=4, signs=(1, -1, -1, 1, 1)),
        ),
        Case("two tokens", network(2, 3, d_ff=5)),
        Case("a stack of sentences", network(2, 3, 4, d_ff=5)),
    ),
    misconceptions=(
        Misconception(
            "ReLU on the output too",
            "no number of your result is negative: a ReLU stands behind the "
            "second layer too. There is one only, between the layers.",
            but(bend_between, end=relu),
        ),
        Misconception(
            "ReLU on the output only",
            "your ReLU stands at the end. It belongs between the two layers. "
            "(Without it there, the two would be one layer.)",
            but(bend_between, bend=as_it_is, end=relu),
        ),
        Misconception(
            "no ReLU",
            "the ReLU is missing: what is negative between the two layers "
            "should become 0.",
            but(bend_between, bend=as_it_is),
        ),
        Misconception(
            "ReLU before the first layer",
            "the ReLU bends x itself. It comes after the first layer.",
            lambda x, *layers: bend_between(relu(x), *layers, bend=as_it_is),
        ),
        Misconception(
            "GELU",
            "this is GELU, the activation of GPT and BERT. The first "
            "Transformer used ReLU, and so does this exercise.",
            but(bend_between, bend=gelu),
        ),
        Misconception(
            "signs thrown away",
            "negative numbers became positive inside. They should become 0.",
            but(bend_between, bend=np.abs),
        ),
        Misconception(
            "negatives kept",
            "you kept what is negative and set what is positive to 0. Keep "
            "what is positive.",
            but(bend_between, bend=lambda z: -relu(-z)),
        ),
        Misconception(
            "b1 forgotten",
            "b1 was never added.",
            lambda x, W1, b1, W2, b2: bend_between(x, W1, 0 * b1, W2, b2),
        ),
        Misconception(
            "b2 forgotten",
            "b2 was never added.",
            lambda x, W1, b1, W2, b2: bend_between(x, W1, b1, W2, 0 * b2),
        ),
        Misconception(
            "b1 after the ReLU",
            "b1 is added after the ReLU. It belongs to the first layer, so "
            "it comes before.",
            lambda x, W1, b1, W2, b2: (
                np.dot(relu(np.dot(x, W1)) + b1, W2) + b2
            ),
        ),
        Misconception(
            "residual already added",
            "x is added to your result. The residual path is right, but it "
            "joins in the next step, not here.",
            lambda x, *layers: x + bend_between(x, *layers),
        ),
        Misconception(
            "matrices turned",
            "the shapes do not fit because you transposed a matrix. Here the "
            "rows of W1 belong to what goes in, and the columns to what comes "
            "out. (PyTorch stores them transposed.)",
            lambda x, W1, b1, W2, b2: relu(x @ W1.T + b1) @ W2.T + b2,
        ),
    ),
    hints=(
        "With d_model = 2 and d_ff = 3, which shape does a token have after "
        "the first layer? And after the second?",
        "A layer is a matrix product and a sum. Between the two, compare "
        "every number with 0 and keep the larger; NumPy has a function for "
        "that.",
        "hidden = x times W1, plus b1; hidden = the larger of hidden and 0; "
        "result = hidden times W2, plus b2.",
    ),
    returns=("result",),
)
