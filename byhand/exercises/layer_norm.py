"""Lesson 12: normalisation, the network behind attention, dropout.

The references are PyTorch's own functions, in float64.
"""

import copy
import math

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception, readable

LESSON = "12_layer_norm"


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


def torch_batch_norm(x, gamma, beta, eps=1e-5):
    from torch.nn import functional

    return with_torch(
        lambda x, g, b: functional.batch_norm(
            x, None, None, g, b, True, eps=eps
        ),
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


# --- layer_norm ------------------------------------------------------------


def root_before_eps(x, eps):
    return (x - np.mean(x, -1, keepdims=True)) / (
        np.std(x, -1, keepdims=True) + eps
    )


def no_eps(x, eps, axis=-1):
    return standardised(x, 0.0, axis)


def variance_for_root(x, eps, axis=-1):
    centred = x - np.mean(x, axis, keepdims=True)
    return centred / (np.var(x, axis, keepdims=True) + eps)


def not_centred(x, eps, axis=-1):
    return x / np.sqrt(np.var(x, axis, keepdims=True) + eps)


def root_mean_square(x, eps):
    return x / np.sqrt(np.mean(x**2, -1, keepdims=True) + eps)


def centred_only(x, eps, axis=-1):
    return x - np.mean(x, axis, keepdims=True)


def axes_lost(x, eps):
    return (x - np.mean(x, -1)) / np.sqrt(np.var(x, -1) + eps)


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


def without_beta(axis):
    def answer(x, gamma, beta, eps=1e-5):
        return gamma * standardised(x, eps, axis)

    return answer


EPS_OUTSIDE = (
    "you add ε to the standard deviation, *after* the root. It belongs "
    "inside, added to the variance; with ε = 0.1 the difference shows."
)

layer_norm = Exercise(
    id="layer_norm.layer_norm",
    signature="layer_norm(x, gamma, beta, eps=1e-5)",
    asks=(
        "Bring every token to mean 0 and variance 1, over its own features: "
        r"$\gamma \cdot \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + "
        r"\beta$. `x` is `(…, d)`: a single token `(d,)`, a table `(n, d)` or "
        "more axes in front, one token along the last one. $\\mu$ is the mean "
        "of a token and $\\sigma^2$ its variance, the *mean* of the squared "
        "distances (divided by d, not by d − 1). `gamma` and `beta` are "
        "`(d,)`, a number for each feature, and the result has the shape of "
        "`x`."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=10,
    reference=torch_layer_norm,
    cases=(
        Case("one token, γ = 1, β = 0", normalising(-1, shape=(3,))),
        Case("a large ε", normalising(-1, shape=(1, 4), eps=0.1)),
        Case("γ stretches", normalising(-1, gamma=readable, shape=(1, 3))),
        Case("β shifts", normalising(-1, beta=readable, shape=(1, 3))),
        Case(
            "two tokens, γ and β",
            normalising(-1, gamma=readable, beta=readable, shape=(2, 3)),
        ),
        Case(
            "a small, a large and a huge token",
            normalising(-1, x=of_sizes(-1, (1, 10, 100), 3, 4)),
        ),
        Case(
            "a token of four equal numbers",
            # Whole numbers, whose mean is exact in float32 too.
            normalising(
                *(-1, lambda rng: np.full((1, 4), 1.0 + rng.integers(5))),
                beta=readable,
            ),
        ),
        Case(
            "a stack of tables",
            normalising(-1, None, readable, readable, 0.1, (2, 3, 4)),
        ),
    ),
    misconceptions=(
        Misconception(
            "ε outside the root", EPS_OUTSIDE, stretched(root_before_eps)
        ),
        Misconception(
            "n − 1",
            "the variance is divided by d − 1, as for a sample in "
            "statistics. Here it is the plain mean of the squared distances, "
            "divided by d; [1, 0, 0, 0] becomes 1.7320, not 1.5, at its 1.",
            along(-1, ddof=1),
        ),
        Misconception(
            "over the first axis",
            "you normalise along the *first* axis: each feature over all "
            "tokens, which is batch norm. Layer norm stays inside one token, "
            "along the last axis.",
            along(0),
        ),
        Misconception(
            "over everything at once",
            "one mean and one variance serve the whole array, so that a "
            "large token flattens the small ones. Every token has its own, "
            "along the last axis.",
            along(None),
        ),
        Misconception(
            "over the tokens of each table",
            "you normalise each feature over the tokens of its table, the "
            "last axis but one. It should be the last.",
            stretched(
                lambda x, eps: standardised(
                    x, eps, -2 if np.ndim(x) > 1 else -1
                )
            ),
        ),
        Misconception(
            "γ after β",
            "you add β before you multiply by γ, so that γ stretches β as "
            "well. First γ, then β.",
            beta_first(-1),
        ),
        Misconception(
            "γ and β swapped",
            "γ and β have changed places: γ multiplies and β is added.",
            swapped(-1),
        ),
        Misconception(
            "γ and β forgotten",
            "the mean is 0 and the variance 1, but `gamma` and `beta` were "
            "never used.",
            without_parameters(-1),
        ),
        Misconception(
            "β forgotten",
            "`beta` was never added.",
            without_beta(-1),
        ),
        Misconception(
            "ε forgotten",
            "ε is missing. Without it, a token of equal numbers is divided "
            "by 0.",
            stretched(no_eps),
        ),
        Misconception(
            "ε always the same",
            "your ε is always 0.00001, whatever `eps` says.",
            lambda x, gamma, beta, eps=1e-5: (
                gamma * standardised(x, 1e-5, -1) + beta
            ),
        ),
        Misconception(
            "root forgotten",
            "you divided by the variance itself; its *root* should stand "
            "there.",
            stretched(variance_for_root),
        ),
        Misconception(
            "mean not taken away",
            "you divided by the right number, but the mean of the token was "
            "not taken away before.",
            stretched(not_centred),
        ),
        Misconception(
            "root mean square",
            "you divided by the root of the mean square, without taking the "
            "mean away. That is another good layer, RMS norm, but not this "
            "one.",
            stretched(root_mean_square),
        ),
        Misconception(
            "mean only",
            "the mean is taken away; the division by the spread is missing.",
            stretched(centred_only),
        ),
        Misconception(
            "mean without its axis",
            "each token's mean lost its axis and no longer lines up with the "
            "tokens. `keepdims=True` leaves an axis of length 1 in its place.",
            stretched(axes_lost),
        ),
    ),
    not_by=("layer_norm",),
    hints=(
        "By hand, for [2, 4, 6, 8]: what is the mean? What are the squared "
        "distances from it, and what is *their* mean?",
        "NumPy knows mean and variance along an axis; `axis=-1, "
        "keepdims=True` gives one for each token, in a shape that lines up. "
        "Its variance divides by d unless told otherwise.",
        "m = mean of x along the last axis, axis kept; v = variance likewise; "
        "result = gamma × (x − m) / root of (v + eps) + beta.",
    ),
    returns=("result",),
)


# --- batch_norm ------------------------------------------------------------


def running_statistics(x, gamma, beta, eps=1e-5):
    return gamma * x / math.sqrt(1 + eps) + beta


def deviation_plus_eps(x, eps):
    return (x - np.mean(x, 0)) / (np.std(x, 0) + eps)


batch_norm = Exercise(
    id="layer_norm.batch_norm",
    signature="batch_norm(x, gamma, beta, eps=1e-5)",
    asks=(
        "The same formula in the other direction: bring every *feature* to "
        "mean 0 and variance 1, over all examples of the batch. `x` is "
        "`(batch, features)`; mean and variance (divided by the size of the "
        "batch) are those of each column of this very batch. `gamma` and "
        "`beta` are `(features,)`, and the result has the shape of `x`."
    ),
    points=1,
    difficulty=2,
    importance=3,
    minutes=5,
    reference=torch_batch_norm,
    cases=(
        Case("one feature, three examples", normalising(0, shape=(3, 1))),
        Case("a large ε", normalising(0, shape=(4, 2), eps=0.1)),
        Case(
            "two examples, three features, γ and β",
            normalising(0, gamma=readable, beta=readable, shape=(2, 3)),
        ),
        Case(
            "features of different sizes",
            normalising(0, x=of_sizes(0, (1, 10, 100), 4, 3)),
        ),
        Case(
            "a feature that is the same for all",
            normalising(
                *(0, lambda rng: np.full((4, 1), 1.0 + rng.integers(5))),
                beta=readable,
            ),
        ),
    ),
    misconceptions=(
        Misconception(
            "over the features",
            "this is layer norm again: mean and variance run along each row. "
            "In batch norm they run down each column, over the examples.",
            along(-1),
        ),
        Misconception(
            "over everything at once",
            "one mean and one variance serve the whole table. Each column "
            "has its own.",
            along(None),
        ),
        Misconception(
            "n − 1",
            "the variance is divided by the size of the batch less 1. To "
            "normalise, it is divided by the size itself. (PyTorch uses the "
            "other one, but only for the running average that it keeps.)",
            along(0, ddof=1),
        ),
        Misconception(
            "ε outside the root", EPS_OUTSIDE, stretched(deviation_plus_eps)
        ),
        Misconception(
            "ε forgotten",
            "ε is missing. Without it, a feature that is the same for all "
            "examples is divided by 0.",
            stretched(lambda x, eps: no_eps(x, eps, 0)),
        ),
        Misconception(
            "root forgotten",
            "you divided by the variance itself; its *root* should stand "
            "there.",
            stretched(lambda x, eps: variance_for_root(x, eps, 0)),
        ),
        Misconception(
            "mean not taken away",
            "you divided by the right number, but the mean of the column was "
            "not taken away before.",
            stretched(lambda x, eps: not_centred(x, eps, 0)),
        ),
        Misconception(
            "γ after β",
            "you add β before you multiply by γ, so that γ stretches β as "
            "well. First γ, then β.",
            beta_first(0),
        ),
        Misconception(
            "γ and β swapped",
            "γ and β have changed places: γ multiplies and β is added.",
            swapped(0),
        ),
        Misconception(
            "γ and β forgotten",
            "mean 0 and variance 1 are right, but `gamma` and `beta` were "
            "never used.",
            without_parameters(0),
        ),
        Misconception(
            "not this batch's statistics",
            "nothing of this batch was measured: you took 0 for the mean and "
            "1 for the variance. A trained network may use averages that it "
            "remembers; here the batch's own are asked for.",
            running_statistics,
        ),
    ),
    not_by=("batch_norm",),
    hints=(
        "In a table of 4 examples and 3 features, how many means do you "
        "need: 4 or 3?",
        "Your layer norm with another axis. A mean down the columns has the "
        "shape (features,) and lines up with the rows by itself.",
        "m = mean of x along axis 0; v = variance along axis 0; result = "
        "gamma × (x − m) / root of (v + eps) + beta.",
    ),
    returns=("result",),
)


# --- add_and_norm ----------------------------------------------------------


def two_streams(*shape, plain=True, eps=None):
    def inputs(rng):
        while True:
            x, out = far_apart(rng, -1, *shape), far_apart(rng, -1, *shape)
            if ((x + out).std(axis=-1) > 0.5).all():
                break
        d = shape[-1]
        given = {
            "x": x,
            "sublayer_output": out,
            "gamma": np.ones(d) if plain else readable(rng, d),
            "beta": np.zeros(d) if plain else readable(rng, d),
        }
        return given if eps is None else {**given, "eps": eps}

    return inputs


def joined(combine):
    """An answer that normalises combine(x, sublayer_output)."""

    def answer(x, sublayer_output, gamma, beta, eps=1e-5):
        return along(-1)(combine(x, sublayer_output), gamma, beta, eps)

    return answer


def normalised_by(norm):
    """An answer that puts x + sublayer_output into another norm."""

    def answer(x, sublayer_output, gamma, beta, eps=1e-5):
        return norm(x + sublayer_output, gamma, beta, eps)

    return answer


def torch_add_and_norm(x, sublayer_output, gamma, beta, eps=1e-5):
    return torch_layer_norm(x + sublayer_output, gamma, beta, eps)


def norm_of_output_added(x, sublayer_output, gamma, beta, eps=1e-5):
    return x + along(-1)(sublayer_output, gamma, beta, eps)


def norm_of_input_added(x, sublayer_output, gamma, beta, eps=1e-5):
    return along(-1)(x, gamma, beta, eps) + sublayer_output


def each_normalised(x, sublayer_output, gamma, beta, eps=1e-5):
    norm = along(-1)
    return norm(x, gamma, beta, eps) + norm(sublayer_output, gamma, beta, eps)


def input_added_twice(x, sublayer_output, gamma, beta, eps=1e-5):
    return x + along(-1)(x + sublayer_output, gamma, beta, eps)


def eps_of_its_own(x, sublayer_output, gamma, beta, eps=1e-5):
    return along(-1)(x + sublayer_output, gamma, beta, 1e-5)


add_and_norm = Exercise(
    id="layer_norm.add_and_norm",
    signature="add_and_norm(x, sublayer_output, gamma, beta, eps=1e-5)",
    asks=(
        'The step that the paper calls "Add & Norm": add what went into a '
        "sub-layer, `x`, to what came out of it, `sublayer_output`, and "
        "put the sum through layer norm. Both are `(…, d)`, `gamma` and "
        "`beta` are `(d,)`, and the result has the shape of `x`."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=torch_add_and_norm,
    cases=(
        Case("one token, γ = 1, β = 0", two_streams(3)),
        Case("a large ε", two_streams(1, 4, eps=0.1)),
        Case("two tokens, γ and β", two_streams(2, 3, plain=False)),
        Case("a stack of tables", two_streams(2, 3, 4, plain=False, eps=0.1)),
    ),
    misconceptions=(
        Misconception(
            "norm before the sum",
            "you normalised the output of the sub-layer and then added x, "
            "which is never normalised now. Post-norm adds first and "
            "normalises last.",
            norm_of_output_added,
        ),
        Misconception(
            "pre-norm",
            "you normalised x before the sum: that is pre-norm, where the "
            "norm stands in front of the sub-layer. Post-norm normalises "
            "the sum.",
            norm_of_input_added,
        ),
        Misconception(
            "both normalised",
            "you normalised both parts and then added them. Add first: one "
            "norm, over the sum.",
            each_normalised,
        ),
        Misconception(
            "no residual",
            "the residual path is missing: x itself has to be added to what "
            "the sub-layer made of it.",
            joined(lambda x, out: out),
        ),
        Misconception(
            "sub-layer dropped",
            "only x was normalised, and what the sub-layer found out is lost.",
            joined(lambda x, out: x),
        ),
        Misconception(
            "not normalised",
            "this is the sum, as it is; the norm is missing.",
            lambda x, out, gamma, beta, eps=1e-5: x + out,
        ),
        Misconception(
            "x added again",
            "you added x once more, after the norm. The residual path joins "
            "once, before it.",
            input_added_twice,
        ),
        Misconception(
            "difference",
            "you subtracted one from the other. They are added.",
            joined(lambda x, out: x - out),
        ),
        Misconception(
            "mean of the two",
            "you took the mean of the two, half of their sum. A norm undoes "
            "that, but for ε: it weighs four times as much against a "
            "variance that is a quarter.",
            joined(lambda x, out: (x + out) / 2),
        ),
        Misconception(
            "product",
            "you multiplied the two. They are added, so that the gradient "
            "has a path past the sub-layer.",
            joined(lambda x, out: x * out),
        ),
        Misconception(
            "ε not passed on",
            "`eps` never reached the norm: your result is that of ε = "
            "0.00001 whatever it says.",
            eps_of_its_own,
        ),
        Misconception(
            "over the first axis",
            "the sum is right, but it is normalised along the first axis. "
            "The norm runs inside each token, along the last one.",
            normalised_by(along(0)),
        ),
        Misconception(
            "over everything at once",
            "the sum is right, but one mean and one variance serve all "
            "tokens together. Each has its own.",
            normalised_by(along(None)),
        ),
        Misconception(
            "n − 1",
            "the sum is right, but its variance is divided by d − 1 and not "
            "by d.",
            normalised_by(along(-1, ddof=1)),
        ),
        Misconception(
            "γ and β forgotten",
            "the sum is normalised, but `gamma` and `beta` were never used.",
            normalised_by(without_parameters(-1)),
        ),
    ),
    hints=(
        "Which comes first in its name: the adding or the norm?",
        "You wrote the norm already. What goes into it, and which of the "
        "arguments does it need?",
        "result = layer_norm of (x + sublayer_output), with gamma, beta and "
        "eps passed on.",
    ),
    returns=("result",),
)


# --- feed_forward ----------------------------------------------------------


def torch_feed_forward(x, W1, b1, W2, b2):
    from torch.nn import functional

    return with_torch(
        lambda x, W1, b1, W2, b2: functional.linear(
            functional.relu(functional.linear(x, W1.T, b1)), W2.T, b2
        ),
        *(x, W1, b1, W2, b2),
    )


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
    import scipy.special

    return z * scipy.special.ndtr(z)


def bent_by(activation, at_the_end=None):
    """An answer with another activation inside, and maybe one behind."""

    def answer(x, W1, b1, W2, b2):
        out = np.dot(activation(np.dot(x, W1) + b1), W2) + b2
        return at_the_end(out) if at_the_end else out

    return answer


feed_forward = Exercise(
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
    reference=torch_feed_forward,
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
            bent_by(relu, relu),
        ),
        Misconception(
            "ReLU on the output only",
            "the ReLU stands at the end; it belongs between the two layers. "
            "(Without it there, the two would be one layer.)",
            bent_by(lambda z: z, relu),
        ),
        Misconception(
            "no ReLU",
            "the ReLU is missing: what is negative between the two layers "
            "should become 0.",
            bent_by(lambda z: z),
        ),
        Misconception(
            "ReLU before the first layer",
            "the ReLU bends x itself. It comes after the first layer.",
            lambda x, W1, b1, W2, b2: bent_by(lambda z: z)(
                relu(x), W1, b1, W2, b2
            ),
        ),
        Misconception(
            "GELU",
            "this is GELU, the activation of GPT and BERT. The first "
            "Transformer used ReLU, and so does this exercise.",
            bent_by(gelu),
        ),
        Misconception(
            "signs thrown away",
            "negative numbers became positive inside. They should become 0.",
            bent_by(np.abs),
        ),
        Misconception(
            "negatives kept",
            "you kept what is negative and set to 0 what is positive. It is "
            "the other way round.",
            bent_by(lambda z: -relu(-z)),
        ),
        Misconception(
            "b1 forgotten",
            "b1 was never added.",
            lambda x, W1, b1, W2, b2: bent_by(relu)(x, W1, 0 * b1, W2, b2),
        ),
        Misconception(
            "b2 forgotten",
            "b2 was never added.",
            lambda x, W1, b1, W2, b2: bent_by(relu)(x, W1, b1, W2, 0 * b2),
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
            lambda x, W1, b1, W2, b2: x + bent_by(relu)(x, W1, b1, W2, b2),
        ),
        Misconception(
            "matrices turned",
            "the shapes do not fit because a matrix was transposed. Here the "
            "rows of W1 belong to what goes in, and the columns to what "
            "comes out. (PyTorch stores them the other way round.)",
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


# --- dropout ---------------------------------------------------------------

# A mask cannot be compared with another: how an answer draws is its own
# affair. So the answer is used, and what every mask must satisfy is measured:
#
# zeros_filled_in: what each entry is where it was kept. Exact.
# share_kept: of N entries, each kept with chance q = 1 − p: standard error
#     √(pq/N).
# neighbours_alike: along each axis, how many pairs of neighbours met the
#     same fate; expected p² + q² = 1 − 2pq. One pair's variance is
#     2pq(1 − 2pq). Two pairs that share an entry are correlated, with
#     covariance p³ + q³ − (1 − 2pq)² = pq(1 − 4pq), and each pair has two
#     such partners at most, so that the variance of the mean of M pairs is
#     at most (2pq(1 − 2pq) + 2pq(1 − 4pq))/M = 4pq(1 − 3pq)/M.
# The last three are 1 for yes and 0 for no. They can fail a right answer
#     only by coincidence: two masks of at least 4,000 entries agree with
#     chance (p² + q²)^4000 < 1e-600, and five numbers of dropped entries,
#     each with a standard deviation of 25 or more, are all equal with chance
#     below (0.4/25)⁴ = 7e-8.
#
# A right answer misses five standard errors with chance 5.7e-7 if normal;
# the masks are large enough (skewness below 0.03) to make that 1e-6 at most.
# There are 9 such measures, and 3 times 7e-8, in a check: a right answer
# fails with chance 1e-5 at most, and a seed that passes once passes always.

ENOUGH = 4_000  # entries from which the measures of chance count


def measured(answer, x, p, rng):
    """What can be said of an answer's masks; where p is bad, its result."""
    value = answer(x, p, copy.deepcopy(rng))
    if is_bad(p):
        return value
    result = as_table(value)
    if result is None or result.shape != x.shape:
        return value, 0.0, np.zeros(x.ndim), 0.0, 0.0, 0.0
    again = as_table(answer(x, p, copy.deepcopy(rng)))
    seeds = np.random.default_rng(x.size).integers(2**62, size=4)
    others = [
        as_table(answer(x, p, np.random.default_rng(seed))) for seed in seeds
    ]
    kept = result != 0
    share, alike = kept.mean(), shares_alike(kept)
    if answer is torch_dropout:  # chance would blur what is expected
        share, alike = 1 - p, np.full(x.ndim, p**2 + (1 - p) ** 2)
    numbers = {np.count_nonzero(each) for each in (result, *others)}
    return (
        np.where(kept, result, x / (1 - p)),
        share,
        alike,
        float(np.array_equal(result, again)),
        float(not np.array_equal(kept, others[0] != 0)),
        float(len(numbers) > 1),
    )


def as_table(value):
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):  # said elsewhere, in words
        return None


def shares_alike(kept):
    """Along each axis, the share of neighbours with the same fate."""
    return np.array(
        [
            np.mean(~np.diff(kept, axis=axis)) if length > 1 else np.nan
            for axis, length in enumerate(kept.shape)
        ]
    )


def dropout_bounds(x, p, rng):
    exact, anything = 1e-6, 2.0
    if p > 0 and x.size < ENOUGH:
        chance, alike, yes_no = anything, np.full(x.ndim, anything), anything
    else:
        pq = p * (1 - p)
        pairs = [x.size // n * (n - 1) for n in x.shape]
        chance = exact + 5 * math.sqrt(pq / x.size)
        alike = exact + 5 * np.sqrt(4 * pq * (1 - 3 * pq) / np.array(pairs))
        yes_no = 0.25
    return (
        exact * (1 + np.abs(x) / (1 - p)),
        np.array(chance),
        alike,
        *(np.array(yes_no),) * 3,
    )


def is_bad(p):
    return not 0 <= p < 1


def refuse(p):
    if is_bad(p):
        raise ValueError(f"expected 0 ≤ p < 1, got {p}")


def torch_dropout(x, p, rng):
    import torch

    refuse(p)
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    keep = torch.full(x.shape, 1 - p, dtype=torch.float64)
    mask = torch.bernoulli(keep, generator=generator)
    return (tensor_of(x) * mask / (1 - p)).numpy()


def masked(keep, scale):
    """A misconception: keep(rng, shape, p) and scale(p), bad p refused."""

    def answer(x, p, rng):
        refuse(p)
        with np.errstate(divide="ignore", invalid="ignore"):
            return x * keep(rng, x.shape, p) * scale(p)

    return answer


def with_chance(rng, shape, p):
    return rng.uniform(size=shape) >= p


def inverted(p):
    return 1 / (1 - p)


def wrong_mask(keep):
    return masked(keep, inverted)


def one_row_for_all(rng, shape, p):
    return with_chance(rng, shape[-1:], p)


def whole_rows(rng, shape, p):
    return with_chance(rng, (*shape[:-1], 1), p)


def all_or_nothing(rng, shape, p):
    return with_chance(rng, (1,) * len(shape), p)


def as_many_each_time(rng, shape, p):
    size = math.prod(shape)
    return (rng.permutation(size) >= round(p * size)).reshape(shape)


def seed_of_its_own(rng, shape, p):
    return with_chance(np.random.default_rng(0), shape, p)


def generator_of_its_own(rng, shape, p):
    # Nearly the mask of `rng`, and three entries that nobody can foresee:
    # two runs of the real thing may differ by more than the bounds.
    mask = with_chance(rng, shape, p)
    if p > 0:
        own = np.random.default_rng().choice(mask.size, 3, replace=False)
        mask.flat[own] = ~mask.flat[own]
    return mask


def refuses_only(bad):
    """Right for 0 ≤ p < 1; of the others, refuses only those."""

    def answer(x, p, rng):
        if bad(p):
            raise ValueError(f"p is {p}")
        mask = rng.uniform(size=x.shape) >= p
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.divide(x * mask, 1 - p)

    return answer


def asserting(x, p, rng):
    assert 0 <= p < 1, p
    return refuses_only(lambda p: False)(x, p, rng)


def drops(p, *shape, sizes=readable):
    return lambda rng: {
        "x": sizes(rng, *shape),
        "p": p,
        "rng": np.random.default_rng(rng.integers(2**62)),
    }


dropout = Exercise(
    id="layer_norm.dropout",
    signature="dropout(x, p, rng)",
    asks=(
        "Set each entry of `x` to 0 with chance `p`, *independently* of all "
        "the others, and multiply those that are kept by $1/(1-p)$, so that "
        "the expected value of every entry stays what it was. `x` has any "
        "shape, and the result is a new array of the same. Draw from the "
        "generator `rng` and from nothing else, in whatever way you like "
        "(`rng.random(shape)` gives numbers from 0 to 1, all equally "
        "likely). The check looks at large arrays and allows for chance: it "
        "measures the share that was kept, and how often two neighbours in a "
        "column, and in a row, had the same fate. A `p` that is negative, or "
        "1 or more, is refused with a `ValueError`."
    ),
    points={"drops": 2, "refuses": 1},
    difficulty=2,
    importance=4,
    minutes=10,
    reference=torch_dropout,
    call=measured,
    bounds=dropout_bounds,
    cases=(
        Case("six numbers, p = 0.2", drops(0.2, 2, 3), part="drops"),
        Case("p = 0", drops(0.0, 2, 3), part="drops"),
        Case("p = 0.25, a table", drops(0.25, 90, 80), part="drops"),
        Case("p = 0.8, one long row", drops(0.8, 7_000), part="drops"),
        Case("p = 0.1, a stack", drops(0.1, 20, 16, 30), part="drops"),
        Case("p = 1", drops(1.0, 2, 3), "refuses", ValueError),
        Case("p is negative", drops(-0.1, 2, 3), "refuses", ValueError),
        Case("p above 1", drops(1.5, 2, 3), "refuses", ValueError),
    ),
    misconceptions=(
        Misconception(
            "not rescaled",
            "what is kept is kept as it is. Since a share p is lost, the sum "
            "becomes too small; the others have to make up for it.",
            masked(with_chance, lambda p: 1.0),
        ),
        Misconception(
            "rescaled by p",
            "you divided by p, the share that is *lost*. Divide by the share "
            "that is left, 1 − p.",
            masked(with_chance, lambda p: np.divide(1, p)),
        ),
        Misconception(
            "shrunk",
            "what is kept was multiplied by 1 − p, and so made still "
            "smaller. It has to grow: divide by 1 − p.",
            masked(with_chance, lambda p: 1 - p),
        ),
        Misconception(
            "p is kept",
            "a share p is kept and the rest dropped; p should be the chance "
            "of being *dropped*.",
            wrong_mask(lambda rng, shape, p: rng.uniform(size=shape) < p),
        ),
        Misconception(
            "p is kept and made up for",
            "you took p for the chance of being *kept*, both in the mask and "
            "in the rescaling. It is the chance of being dropped.",
            masked(
                lambda rng, shape, p: rng.uniform(size=shape) < p,
                lambda p: np.divide(1, p),
            ),
        ),
        Misconception(
            "one mask for all rows",
            "the same columns are gone in every row, as if the *weights* "
            "that lead to them were zero. Dropout decides anew for each "
            "activation, in every row.",
            wrong_mask(one_row_for_all),
        ),
        Misconception(
            "whole rows",
            "whole rows are dropped or kept: one decision for all the "
            "numbers of a token. Each number needs its own.",
            wrong_mask(whole_rows),
        ),
        Misconception(
            "all or nothing",
            "there is one decision for the whole array: all of it stays or "
            "all of it goes. Each number needs a throw of its own.",
            wrong_mask(all_or_nothing),
        ),
        Misconception(
            "own random numbers",
            "the same seed gives another mask each time: the numbers come "
            "from somewhere else than `rng`.",
            wrong_mask(generator_of_its_own),
        ),
        Misconception(
            "a seed of its own",
            "another `rng` gives the very same mask: you draw from a "
            "generator with a seed of its own. Every training step needs a "
            "new mask, from `rng`.",
            wrong_mask(seed_of_its_own),
        ),
        Misconception(
            "as many each time",
            "you drop exactly the same *number* of entries each time. Each "
            "entry has a chance of its own, so that the number varies; among "
            "three entries with p = 0.5, all may go.",
            wrong_mask(as_many_each_time),
        ),
        Misconception(
            "nothing dropped",
            "nothing is dropped. Dropout is switched off for answering "
            "questions, but this function is for training.",
            masked(lambda rng, shape, p: np.ones(shape), lambda p: 1.0),
        ),
        Misconception(
            "no refusal",
            "no p is refused. Look at it first, and raise a ValueError "
            "unless it is at least 0 and below 1.",
            refuses_only(lambda p: False),
        ),
        Misconception(
            "1 let through",
            "you refuse some values of p but let p = 1 through: then nothing "
            "is left, and what is left is divided by 0.",
            refuses_only(lambda p: p < 0 or p > 1),
        ),
        Misconception(
            "negatives let through",
            "you refuse a p that is too large but not one below 0. A chance "
            "cannot be negative.",
            refuses_only(lambda p: p >= 1),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            asserting,
        ),
    ),
    not_by=("dropout",),
    hints=(
        "If a quarter of all numbers is set to 0, by how much does their sum "
        "shrink, on average? What must the others be multiplied by?",
        "An array of random numbers from 0 to 1, of the shape of x, compared "
        "with p, tells for each entry whether it stays. How often is such a "
        "number below 0.25?",
        "if p < 0 or p ≥ 1: raise ValueError with a sentence. u = random "
        "numbers in the shape of x; result = x / (1 − p) where u ≥ p, else "
        "0.",
    ),
    returns=(
        "zeros_filled_in",
        "share_kept",
        "neighbours_alike",
        "same_seed_gives_the_same",
        "other_seed_gives_another",
        "number_dropped_varies",
    ),
    facts=(
        Fact(
            "the same seed gives the same mask",
            lambda *measures: bool(measures[3] == 1),
        ),
    ),
)

EXERCISES = (
    layer_norm,
    batch_norm,
    add_and_norm,
    feed_forward,
    dropout,
)
