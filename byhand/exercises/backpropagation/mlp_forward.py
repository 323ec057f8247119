"""The exercise `backpropagation.mlp_forward`."""

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import curve, layer, network, run


def without_bias(x, W, b):
    return layer(x, W, 0 * b)


def bias_in_the_matrix(x, W, b):
    return layer(x, W + b, 0 * b)


def overflowing(z):
    powers = np.exp(z)
    return powers / (1 + powers)


def far_out(rng):
    """Neurons that get hundreds, of both signs: e to them overflows."""
    while True:
        inputs = network(rng, 2, 3, 4, 5)
        inputs["x"] = 300 * inputs["x"]
        z = layer(inputs["x"], inputs["W1"], inputs["b1"])
        if z.max() > 750 and z.min() < -750:
            return inputs


def bias_after(x, W1, b1, W2, b2):
    hidden = curve(np.dot(x, W1)) + b1
    return hidden, layer(hidden, W2, b2)


def sigmoids_added(x, W1, b1, W2, b2):
    hidden = curve(np.dot(x, W1)) + curve(b1)
    return hidden, layer(hidden, W2, b2)


def on_the_logits(function):
    def answer(*given):
        hidden, logits = run(*given)
        return hidden, function(logits)

    return answer


def before_the_sigmoid(x, W1, b1, W2, b2):
    return layer(x, W1, b1), run(x, W1, b1, W2, b2)[1]


def logits_from_the_sum(x, W1, b1, W2, b2):
    z = layer(x, W1, b1)
    return curve(z), layer(z, W2, b2)


EXERCISE = Exercise(
    id="backpropagation.mlp_forward",
    signature="mlp_forward(x, W1, b1, W2, b2) -> (hidden, logits)",
    asks=(
        "A network with one hidden layer: $\\text{hidden} = \\sigma(x W_1 + "
        "b_1)$ and $\\text{logits} = \\text{hidden}\\, W_2 + b_2$, without "
        "anything behind it. `x` is `(n, d)`, one example a row; `W1` is "
        "`(d, h)`, `b1` is `(h,)`, `W2` is `(h, k)`, `b2` is `(k,)`. Return "
        "two arrays: `hidden`, `(n, h)`, and `logits`, `(n, k)`."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=5,
    reference=run,
    cases=(
        Case("one example", lambda rng: network(rng, 1, 2, 3, 4)),
        Case("two examples", lambda rng: network(rng, 2, 3, 4, 5)),
        Case("three of everything", lambda rng: network(rng, 3, 3, 3, 3)),
        Case("neurons that get hundreds", far_out),
        Case("one neuron, one output", lambda rng: network(rng, 3, 2, 1, 1)),
    ),
    misconceptions=(
        Misconception(
            "softmax on the logits",
            "you took a softmax at the end. Logits are plain numbers: the "
            "loss takes the softmax.",
            on_the_logits(lambda z: special.shares(z, axis=1)),
        ),
        Misconception(
            "sigmoid on the logits",
            "you took a sigmoid at the end. Logits are plain numbers, of any "
            "sign and size.",
            on_the_logits(curve),
        ),
        Misconception(
            "ReLU on the logits",
            "you took a ReLU at the end. Logits may be negative.",
            on_the_logits(lambda z: np.clip(z, 0, None)),
        ),
        Misconception(
            "infinity over infinity",
            "e to a large z is infinite, and you divide infinity by "
            "infinity. Your `sigmoid` avoids that.",
            but(run, bend=overflowing),
        ),
        Misconception(
            "tanh inside",
            "your hidden layer uses tanh. It should use the sigmoid.",
            but(run, bend=np.tanh),
        ),
        Misconception(
            "ReLU inside",
            "your hidden layer uses ReLU. It should use the sigmoid.",
            but(run, bend=lambda z: np.clip(z, 0, None)),
        ),
        Misconception(
            "no activation",
            "the activation is missing. Without it the two layers are one.",
            but(run, bend=lambda z: z),
        ),
        Misconception(
            "activation twice",
            "you took the sigmoid twice in the hidden layer. Once is enough.",
            but(run, bend=lambda z: curve(curve(z))),
        ),
        Misconception(
            "sign in the activation",
            "your hidden values are those of −z: the sigmoid falls where it "
            "should rise.",
            but(run, bend=lambda z: curve(-z)),
        ),
        Misconception(
            "hidden before the sigmoid",
            "the logits are right, but you returned the hidden layer before "
            "its sigmoid.",
            before_the_sigmoid,
        ),
        Misconception(
            "logits from the sum",
            "hidden is right, but you made the logits from the sums before "
            "the sigmoid.",
            logits_from_the_sum,
        ),
        Misconception(
            "bias after the activation",
            "you added b1 after the sigmoid. It belongs to the sum, before "
            "the sigmoid.",
            bias_after,
        ),
        Misconception(
            "sigmoid of the bias alone",
            "you took the sigmoid of b1 by itself. Add b1 first, then take "
            "one sigmoid.",
            sigmoids_added,
        ),
        Misconception(
            "b1 forgotten",
            "you never added b1.",
            but(run, first=without_bias),
        ),
        Misconception(
            "b2 forgotten",
            "you never added b2.",
            but(run, second=without_bias),
        ),
        Misconception(
            "both biases forgotten",
            "you added neither of the biases.",
            but(run, first=without_bias, second=without_bias),
        ),
        Misconception(
            "b1 taken away",
            "you subtracted b1. Add it.",
            but(run, first=lambda x, W, b: layer(x, W, -b)),
        ),
        Misconception(
            "bias in the matrix",
            "you added b1 to the weights, so that it is multiplied by x. Add "
            "it after the product.",
            but(run, first=bias_in_the_matrix),
        ),
        Misconception(
            "order",
            "both arrays are right, but in the wrong order: hidden comes "
            "first, then the logits.",
            lambda *given: run(*given)[::-1],
        ),
        Misconception(
            "logits only",
            "you returned only the logits. Return hidden too, as the first "
            "of two: backpropagation needs it.",
            lambda *given: run(*given)[1],
        ),
        Misconception(
            "W1 transposed",
            "you transposed W1. Its rows belong to the columns of x: the "
            "product needs no transpose.",
            lambda x, W1, b1, W2, b2: x @ W1.T + b1,
        ),
        Misconception(
            "matrix on the left",
            "you put W1 on the left of x. Here an example is a row, so the "
            "matrix stands on the right.",
            lambda x, W1, b1, W2, b2: W1 @ x + b1,
        ),
        Misconception(
            "product entry by entry",
            "you multiplied entry by entry. A layer needs the matrix product.",
            lambda x, W1, b1, W2, b2: x * W1 + b1,
        ),
    ),
    hints=(
        "`x` is (n, d) and `W1` is (d, h). What shape has their product, and "
        "what does adding `b1` do to each row?",
        "A layer is a matrix product plus a bias. Your `sigmoid` stands "
        "between the two layers and nowhere else.",
        "hidden = sigmoid of (x times W1, plus b1); logits = hidden times "
        "W2, plus b2; return both.",
    ),
    returns=("hidden", "logits"),
    # Sums of some hundreds, in float32, lose 1e-5 before the sigmoid.
    tolerance=1e-5,
    facts=(
        Fact(
            "every hidden value lies between 0 and 1",
            lambda h: bool(((h >= 0) & (h <= 1)).all()),
        ),
    ),
)
