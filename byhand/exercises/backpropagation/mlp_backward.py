"""The exercise `backpropagation.mlp_backward`."""

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .shared import classes, curve, layer, network, run

NAMES = ("W1", "b1", "W2", "b2")
STEP = 1e-20  # nothing is subtracted, so it is exact to rounding


def loss_at(x, targets, *weights):
    """The mean cross-entropy, for complex weights too."""
    _, logits = run(x, *weights)
    logits = logits - logits.real.max(axis=1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -np.mean(np.take_along_axis(logs, targets[:, None], axis=1))


def by_complex_steps(x, targets, *weights):
    """Every gradient, one entry at a time."""
    slopes = [np.zeros(w.shape) for w in weights]
    for which, weight in enumerate(weights):
        for at in np.ndindex(weight.shape):
            moved = [w.astype(complex) for w in weights]
            moved[which][at] += 1j * STEP
            slopes[which][at] = loss_at(x, targets, *moved).imag / STEP
    return tuple(slopes)


# Parts of the way back: the right ones, and those of the misconceptions.
def error_of(logits, targets):
    return shares(logits) - np.eye(logits.shape[1])[targets]


def shares(logits):
    return special.shares(logits, axis=1)


def slope_at(z, hidden):
    return hidden * (1 - hidden)


def through_softmax(logits, targets):
    p = shares(logits)
    return error_of(logits, targets) * p * (1 - p)


def every_target(logits, targets):
    p = shares(logits)
    p[:, targets] -= 1
    return p


def logarithm_alone(logits, targets):
    return -np.eye(logits.shape[1])[targets] / shares(logits)


def summed(signal):
    return signal.sum(axis=0)


def back(
    x,
    targets,
    W1,
    b1,
    W2,
    b2,
    *,
    error=error_of,
    slope=slope_at,
    weights=lambda W2: W2,
    biases=summed,
    sizes=None,
    entering=lambda x, z: x,
    leaving=lambda hidden, z: hidden,
):
    """Back through the network by hand.

    sizes: of the batch, that dW1, db1, dW2 and db2 are divided by.
    """
    z = layer(x, W1, b1)
    hidden, logits = run(x, W1, b1, W2, b2)
    signal = error(logits, targets)
    inner = np.einsum("nk,hk->nh", signal, weights(W2)) * slope(z, hidden)
    found = (
        np.einsum("nd,nh->dh", entering(x, z), inner),
        biases(inner),
        np.einsum("nh,nk->hk", leaving(hidden, z), signal),
        biases(signal),
    )
    n = len(x)
    return tuple(
        one / size
        for one, size in zip(
            found, sizes(n) if sizes else [n] * 4, strict=True
        )
    )


def updated_first(x, targets, W1, b1, W2, b2):
    """W2 moved by its own gradient before the error passes through it."""
    moved = W2 - back(x, targets, W1, b1, W2, b2)[2]
    return back(x, targets, W1, b1, W2, b2, weights=lambda W2: moved)


def updated(x, targets, *weights):
    gradients = by_complex_steps(x, targets, *weights)
    return tuple(w - g for w, g in zip(weights, gradients, strict=True))


def through_it_as_it_is(x, targets, W1, b1, W2, b2):
    _, logits = run(x, W1, b1, W2, b2)
    return error_of(logits, targets) @ W2


def examples(rng, n, d, h, k):
    given = network(rng, n, d, h, k)
    return {"x": given.pop("x"), "targets": classes(rng, n, k), **given}


def strong(rng):
    """Hidden neurons that are almost 0 or almost 1: hardly any slope."""
    given = examples(rng, 2, 3, 4, 5)
    return {**given, "W1": 4 * given["W1"]}


def one_of_each(rng):
    given = examples(rng, 2, 1, 1, 3)
    return {**given, "targets": 0 * given["targets"]}


EXERCISE = Exercise(
    id="backpropagation.mlp_backward",
    signature="mlp_backward(x, targets, W1, b1, W2, b2) -> "
    "(dW1, db1, dW2, db2)",
    asks=(
        "The gradient of your `cross_entropy` (the mean over the rows) "
        "through your `mlp_forward`, by hand. `x` is `(n, d)`, `targets` is "
        "`(n,)`, `W1` is `(d, h)`, `b1` is `(h,)`, `W2` is `(h, k)`, `b2` is "
        "`(k,)`. Return four arrays, each in the shape of its weight."
    ),
    points=3,
    difficulty=4,
    importance=5,
    minutes=15,
    reference=by_complex_steps,
    cases=(
        Case("one example", lambda rng: examples(rng, 1, 2, 3, 4)),
        Case("two examples", lambda rng: examples(rng, 2, 3, 4, 5)),
        Case(
            "five examples, two classes",
            lambda rng: examples(rng, 5, 3, 4, 2),
        ),
        Case("neurons near 0 and 1", strong),
        Case("three of everything", lambda rng: examples(rng, 3, 3, 3, 3)),
        Case("one number, one neuron, always class 0", one_of_each),
    ),
    misconceptions=(
        Misconception(
            "not divided by n",
            "your gradients are those of the *sum* of the losses. The loss "
            "is a mean: divide by the number of examples.",
            but(back, sizes=lambda n: [1, 1, 1, 1]),
        ),
        Misconception(
            "biases not divided by n",
            "dW1 and dW2 are right, but you did not divide the biases' "
            "gradients by the number of examples.",
            but(back, sizes=lambda n: [n, 1, n, 1]),
        ),
        Misconception(
            "first layer not divided by n",
            "you divided only the second layer's gradients by the number of "
            "examples. Divide the error once, at the logits.",
            but(back, sizes=lambda n: [1, 1, n, n]),
        ),
        Misconception(
            "only the weights of the second layer divided",
            "you divided only dW2 by the number of examples. Divide the "
            "error once, at the logits.",
            but(back, sizes=lambda n: [1, 1, n, 1]),
        ),
        Misconception(
            "first layer divided twice",
            "you divided the first layer's gradients by the number of "
            "examples twice. The error that arrives there is divided already.",
            but(back, sizes=lambda n: [n * n, n * n, n, n]),
        ),
        Misconception(
            "biases averaged",
            "you averaged the biases' gradients over the examples, though "
            "the error was divided already. Sum them.",
            but(back, biases=lambda signal: signal.mean(axis=0)),
        ),
        Misconception(
            "no sigmoid slope",
            "you left out the slope of the sigmoid. Multiply by h(1 − h) on "
            "the way back through it.",
            but(back, slope=lambda z, hidden: 1),
        ),
        Misconception(
            "slope of z",
            "you took z(1 − z) as the sigmoid's slope. It is h(1 − h), of "
            "the hidden value behind the sigmoid.",
            but(back, slope=lambda z, hidden: z * (1 - z)),
        ),
        Misconception(
            "slope of σ(h)",
            "you took the sigmoid once more before its slope. The hidden "
            "values have been through it already: the slope is h(1 − h).",
            but(back, slope=lambda z, hidden: curve(hidden) * curve(-hidden)),
        ),
        Misconception(
            "slope of tanh",
            "you used tanh's slope, 1 − h². The sigmoid's is h(1 − h).",
            but(back, slope=lambda z, hidden: 1 - hidden**2),
        ),
        Misconception(
            "value for slope",
            "you multiplied by h, the sigmoid's value. Its slope is h(1 − h).",
            but(back, slope=lambda z, hidden: hidden),
        ),
        Misconception(
            "slope of the complement",
            "you multiplied by 1 − h only. The sigmoid's slope is h(1 − h).",
            but(back, slope=lambda z, hidden: 1 - hidden),
        ),
        Misconception(
            "slope of ReLU",
            "you used the slope of ReLU. The hidden layer uses the sigmoid, "
            "whose slope is h(1 − h).",
            but(back, slope=lambda z, hidden: (z > 0) * 1.0),
        ),
        Misconception(
            "no brackets",
            "your first layer gets no gradient at all. Has the slope "
            "h · (1 − h) its brackets? Without them it is h − h, which is 0.",
            but(back, slope=lambda z, hidden: hidden * 1 - hidden),
        ),
        Misconception(
            "softmax over the table",
            "your softmax divides by the sum over all examples. Each row is "
            "an example, and has probabilities of its own.",
            but(
                back,
                error=lambda logits, targets: (
                    special.shares(logits) - np.eye(logits.shape[1])[targets]
                ),
            ),
        ),
        Misconception(
            "softmax down the columns",
            "your softmax runs down the columns. It runs along each row.",
            but(
                back,
                error=lambda logits, targets: (
                    special.shares(logits, axis=0)
                    - np.eye(logits.shape[1])[targets]
                ),
            ),
        ),
        Misconception(
            "softmax's slope once more",
            "you multiplied by p(1 − p). The slope of the softmax is in "
            "p − one-hot already.",
            but(back, error=through_softmax),
        ),
        Misconception(
            "sign",
            "every gradient has the wrong sign. The error at the logits is p "
            "minus the one-hot row.",
            but(
                back,
                error=lambda logits, targets: -error_of(logits, targets),
            ),
        ),
        Misconception(
            "no one-hot",
            "you sent p back as the error. Subtract 1 at the right class "
            "first.",
            but(back, error=lambda logits, targets: shares(logits)),
        ),
        Misconception(
            "logits for probabilities",
            "you subtracted the one-hot row from the logits. Subtract it "
            "from their softmax.",
            but(
                back,
                error=lambda logits, targets: (
                    logits - shares(logits) + error_of(logits, targets)
                ),
            ),
        ),
        Misconception(
            "sigmoid for softmax",
            "you took a sigmoid of each logit. The probabilities come from a "
            "softmax along the row.",
            but(
                back,
                error=lambda logits, targets: (
                    curve(logits) - shares(logits) + error_of(logits, targets)
                ),
            ),
        ),
        Misconception(
            "every target in every row",
            "you subtracted 1 in the columns of all targets in every row. "
            "Row i subtracts it at target i only.",
            but(back, error=every_target),
        ),
        Misconception(
            "hidden sums for x",
            "you used z where dW1 needs the hidden layer's input, x.",
            but(back, entering=lambda x, z: z),
        ),
        Misconception(
            "order",
            "the gradients are right, but in another order: dW1, db1, dW2, "
            "db2.",
            lambda *given: [by_complex_steps(*given)[i] for i in (2, 3, 0, 1)],
        ),
        Misconception(
            "weights first",
            "the gradients are right, but in another order: each weight is "
            "followed by its bias.",
            lambda *given: [by_complex_steps(*given)[i] for i in (0, 2, 1, 3)],
        ),
        Misconception(
            "W2 not transposed",
            "you sent the error back through W2 as it is. On the way back it "
            "must be transposed, from classes to hidden values.",
            through_it_as_it_is,
        ),
        Misconception(
            "W2 already updated",
            "you updated W2 before the error went back through it. Work out "
            "all gradients at the old weights.",
            updated_first,
        ),
        Misconception(
            "updated weights",
            "you returned weights after a step. Return the gradients: "
            "backpropagation updates nothing.",
            updated,
        ),
        Misconception(
            "divided by n and k",
            "you divided by the number of classes as well. Divide by the "
            "number of examples only.",
            lambda *given: [
                g / len(given[5]) for g in by_complex_steps(*given)
            ],
        ),
        Misconception(
            "divided twice",
            "you divided by the number of examples twice. Once is enough, at "
            "the logits.",
            but(back, sizes=lambda n: [n * n] * 4),
        ),
        Misconception(
            "sums for hidden",
            "you used z, before the sigmoid, for dW2. The second layer's "
            "input is hidden.",
            but(back, leaving=lambda hidden, z: z),
        ),
        Misconception(
            "slope of the logarithm alone",
            "you sent back −1/p of the right class. That is the slope in the "
            "probability: the softmax comes in between.",
            but(back, error=logarithm_alone),
        ),
        Misconception(
            "biases without gradient",
            "your biases get no gradient. Each bias gets the error, summed "
            "over the rows.",
            but(back, biases=lambda signal: 0 * signal.sum(axis=0)),
        ),
    ),
    not_by=("backward", "grad"),
    hints=(
        "The error at the logits is `(n, k)`, hidden is `(n, h)`, and `dW2` "
        "is `(h, k)`. Which product of the two has that shape?",
        "Start from (p − one-hot) / n. Each layer then does three things. The "
        "gradient of its weights is its transposed input times the error. "
        "That of its bias is the error, summed over the rows. And the error "
        "goes on through the transposed weights.",
        "e = (p − one-hot) / n; dW2 = hidden transposed times e; db2 = e "
        "summed over rows; f = (e times W2 transposed) ⊙ hidden ⊙ "
        "(1 − hidden); dW1 = x transposed times f; db1 = f summed over rows.",
    ),
    returns=("dW1", "db1", "dW2", "db2"),
    # Two matrix products and a softmax: float32 loses about 1e-6.
    tolerance=1e-5,
)
