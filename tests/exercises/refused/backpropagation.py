"""Wrong answers to the exercises of lesson 03."""

import math

import numpy as np

from byhand.exercises.backpropagation.engine import changed
from tests.exercises.forms.backpropagation.clip_grad_norm import by_loop
from tests.exercises.forms.backpropagation.shared import squash

erf = np.vectorize(math.erf, otypes=[float])


@np.vectorize
def a_whole_0_far_below(x):
    return 0 if x < -700 else 1 / (1 + math.exp(-x))


@np.vectorize
def a_whole_1_far_above(x):
    return 1 if x > 40 else 1 / (1 + math.exp(-max(x, -700)))


def of_whole_halves(x):
    x = np.asarray(x)
    return (1 + np.tanh(x // 2 if x.dtype.kind == "i" else x / 2)) / 2


def one_by_one(x, alpha):
    """The first result decides of which type all are."""
    return np.vectorize(lambda v: v if v > 0 else alpha * v)(x)


def bent(x, alpha):
    return np.where(np.greater(x, 0), x, np.multiply(alpha, x))


def nothing_in_a_row_below_0(x, alpha):
    if np.ndim(x) == 0:
        return bent(x, alpha)
    some = x.max(axis=-1, keepdims=True) > 0
    return np.where(some, bent(x, alpha), 0)


def gelu(x):
    return np.multiply(x, 1 + erf(np.divide(x, math.sqrt(2)))) / 2


def forward(x, W1, b1, W2, b2, leaving=lambda hidden, logits: logits):
    hidden = squash(x @ W1 + b1)
    return hidden, leaving(hidden, hidden @ W2 + b2)


def turned(matrix):
    """A square one transposed."""
    return matrix.T if len(matrix) == len(matrix.T) else matrix


def down_where_it_fits(bias, x):
    return bias[:, None] if len(bias) == len(x) else bias


def a_sigmoid_on_one_output(hidden, logits):
    return squash(logits) if logits.shape[1] == 1 else logits


def one_output_flat(hidden, logits):
    return logits[:, 0] if logits.shape[1] == 1 else logits


def one_neuron_at_a_half(*given):
    hidden, logits = forward(*given)
    return (hidden if hidden.shape[1] > 1 else 0 * hidden + 0.5), logits


def back(
    x,
    targets,
    W1,
    b1,
    W2,
    b2,
    *,
    one_hot=lambda targets, k: np.eye(k)[targets],
    through=lambda W2: W2.T,
    size=len,
):
    hidden, logits = forward(x, W1, b1, W2, b2)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    error = (p - one_hot(targets, len(b2))) / size(p)
    inner = error @ through(W2) * hidden * (1 - hidden)
    return x.T @ inner, inner.sum(0), hidden.T @ error, error.sum(0)


def backward(**seams):
    return lambda *given: back(*given, **seams)


def as_many_as_seen(targets, k):
    """Where all are 0, one column, which every class gets."""
    most = int(targets.max())
    return np.eye(most + 1, k if most else 1)[targets]


def a_square_transposed(*given):
    dW1, *others = back(*given)
    return turned(dW1), *others


def one_number_flat(*given):
    dW1, db1, dW2, db2 = back(*given)
    return dW1.squeeze(), db1, dW2.squeeze(), db2


def times_a_float(self, other):
    return self * other if isinstance(other, float) else NotImplemented


def clipped(leave):
    """leave: what becomes of the arrays where there is nothing to clip."""

    def clip_grad_norm(grads, max_norm):
        result, norm = by_loop(grads, max_norm)
        return (result if norm > max_norm else leave(grads)), norm

    return clip_grad_norm


def only_long_ones_shortened(grads, max_norm):
    result, norm = by_loop(grads, max_norm)
    return [
        new if np.linalg.norm(old) > max_norm else old.copy()
        for old, new in zip(grads, result, strict=True)
    ], norm


WRONG = {
    "backpropagation.sigmoid": {
        "a whole 0 far below": a_whole_0_far_below,
        "a whole 1 far above": a_whole_1_far_above,
        "the type of x": lambda x: squash(x).astype(np.asarray(x).dtype),
        "halves of whole numbers cut off": of_whole_halves,
    },
    "backpropagation.leaky_relu": {
        "the type of the first result": one_by_one,
        "6 at most": lambda x, alpha: np.minimum(bent(x, alpha), 6),
        "nothing in a row below 0": nothing_in_a_row_below_0,
    },
    "backpropagation.gelu": {
        "the type of x": lambda x: gelu(x).astype(np.asarray(x).dtype),
        "the value at −1 taken for the lowest": lambda x: np.maximum(
            gelu(x), -0.1587
        ),
        "axes of size 1 dropped": lambda x: np.squeeze(gelu(x)),
    },
    "backpropagation.mlp_forward": {
        "a sigmoid on one output": lambda *given: forward(
            *given, leaving=a_sigmoid_on_one_output
        ),
        "one output flat": lambda *given: forward(
            *given, leaving=one_output_flat
        ),
        "one neuron at a half": one_neuron_at_a_half,
        "b1 down the rows where it fits": lambda x, W1, b1, W2, b2: forward(
            x, W1, down_where_it_fits(b1, x), W2, b2
        ),
        "b2 down the rows where it fits": lambda x, W1, b1, W2, b2: forward(
            x, W1, b1, W2, down_where_it_fits(b2, x)
        ),
        "W1 transposed where it is square": lambda x, W1, *more: forward(
            x, turned(W1), *more
        ),
        "W2 transposed where it is square": lambda x, W1, b1, W2, b2: forward(
            x, W1, b1, turned(W2), b2
        ),
    },
    "backpropagation.mlp_backward": {
        "as many classes as were seen": backward(one_hot=as_many_as_seen),
        "W2 not transposed where it is square": backward(
            through=lambda W2: turned(W2).T
        ),
        "dW1 transposed where it is square": a_square_transposed,
        "one number flat": one_number_flat,
        "two classes halved beyond four examples": backward(
            size=lambda p: len(p) * (1 + (len(p) > 4 and len(p.T) == 2))
        ),
    },
    "backpropagation.Value": {
        "2 * a only with a float": changed(__rmul__=times_a_float),
    },
    "backpropagation.clip_grad_norm": {
        "the arrays themselves": clipped(list),
        "the list itself": clipped(lambda grads: grads),
        "views of the arrays": clipped(lambda grads: [g[...] for g in grads]),
        "only long ones shortened": only_long_ones_shortened,
    },
}
