"""Wrong answers to the exercises of lesson 06 that nobody has a sentence for.

Most are right for a text in the middle, of moderate numbers: not for a first
state of zeros, a batch of one, a row of zeros or a large sum.
"""

import numpy as np

from byhand.exercises.recurrence import (
    gru_cell,
    lstm_cell,
    rnn_backward,
    rnn_cell,
    unroll,
)

RIGHT = {
    module.EXERCISE.function: module.EXERCISE.reference
    for module in (gru_cell, lstm_cell, rnn_backward, rnn_cell, unroll)
}


def a_batch_of_one_flat(name):
    """Without its axis."""

    def answer(x, *given):
        came = RIGHT[name](x, *given)
        flat = np.ndim(x) > 1 and len(x) == 1
        if isinstance(came, tuple):
            return tuple(one[0] for one in came) if flat else came
        return came[0] if flat else came

    return answer


def infinity_over_infinity(z):
    with np.errstate(over="ignore", invalid="ignore"):
        return np.exp(z) / (1 + np.exp(z))


# --- rnn_cell ----------------------------------------------------------------


def tanh_by_powers(sign):
    """NaN where e to the power of ±2 z is infinite."""

    def answer(x, h, W_x, W_h, b):
        with np.errstate(over="ignore", invalid="ignore"):
            power = np.exp(2 * sign * (x @ W_x + h @ W_h + b))
            return sign * (power - 1) / (power + 1)

    return answer


def a_number_of_the_bias_for_a_row(x, h, W_x, W_h, b):
    column = x.ndim == 2 and len(x) == len(b)
    return np.tanh(x @ W_x + h @ W_h + (b[:, None] if column else b))


def no_bias_without_a_state(x, h, W_x, W_h, b):
    return RIGHT["rnn_cell"](x, h, W_x, W_h, b if h.any() else 0 * b)


# --- unroll ------------------------------------------------------------------


def a_row_of_zeros_is_padding(X, h0, W_x, W_h, b):
    states, h = [], h0
    for x in X:
        h = np.tanh(x @ W_x + h @ W_h + b) if x.any() else h
        states.append(h)
    return np.array(states)


def a_row_of_zeros_ends_the_text(X, h0, W_x, W_h, b):
    """What comes behind it is the last state again."""
    zero = [t for t, x in enumerate(X) if not x.any()]
    stop = max(zero[0] if zero else len(X), 1)
    states = RIGHT["unroll"](X[:stop], h0, W_x, W_h, b)
    return np.vstack([states, *[states[-1:]] * (len(X) - stop)])


# --- rnn_backward ------------------------------------------------------------


def nothing_comes_back_without_a_loss(X, h0, W_x, W_h, b, grads):
    states = [h0, *RIGHT["unroll"](X, h0, W_x, W_h, b)]
    d_W_x, d_W_h, d_b = 0 * W_x, 0 * W_h, 0 * b
    later = 0 * b
    for t in reversed(range(len(X))):
        if not grads[t].any():
            later = 0 * b
        dz = (grads[t] + later) * (1 - states[t + 1] ** 2)
        d_W_x = d_W_x + np.outer(X[t], dz)
        d_W_h = d_W_h + np.outer(states[t], dz)
        d_b = d_b + dz
        later = dz @ W_h.T
    return d_W_x, d_W_h, d_b


# --- gru_cell ----------------------------------------------------------------


def without_a_state(change):
    """Wrong only for the first token: change is the answer there."""

    def answer(x, h, W_x, W_h, b_x, b_h):
        if not h.any():
            return change(x, h, W_x, W_h, b_x, b_h)
        return RIGHT["gru_cell"](x, h, W_x, W_h, b_x, b_h)

    return answer


def nothing_reset(x, h, W_x, W_h, b_x, b_h):
    """The state's bias reaches the new content as it is."""
    size = h.shape[-1]
    kept, moved = b_h.copy(), b_x.copy()
    kept[2 * size :], moved[2 * size :] = 0, b_x[2 * size :] + b_h[2 * size :]
    return RIGHT["gru_cell"](x, h, W_x, W_h, moved, kept)


def gates_of_the_token(x, h, W_x, W_h, b_x, b_h):
    size = h.shape[-1]
    kept = np.concatenate([np.zeros(2 * size), b_h[2 * size :]])
    return RIGHT["gru_cell"](x, h, W_x, W_h, b_x, kept)


WRONG = {
    "recurrence.rnn_cell": {
        "a batch of one flat": a_batch_of_one_flat("rnn_cell"),
        "tanh by powers": tanh_by_powers(1),
        "tanh by negative powers": tanh_by_powers(-1),
        "a number of the bias for a row": a_number_of_the_bias_for_a_row,
        "no bias without a state": no_bias_without_a_state,
    },
    "recurrence.unroll": {
        "a row of zeros is padding": a_row_of_zeros_is_padding,
        "a row of zeros ends the text": a_row_of_zeros_ends_the_text,
    },
    "recurrence.rnn_backward": {
        "nothing comes back without a loss": nothing_comes_back_without_a_loss,
    },
    "recurrence.lstm_cell": {
        "a batch of one flat": a_batch_of_one_flat("lstm_cell"),
        "infinity over infinity": lambda *given: RIGHT["lstm_cell"](
            *given, gates=(infinity_over_infinity,) * 3
        ),
    },
    "recurrence.gru_cell": {
        "a batch of one flat": a_batch_of_one_flat("gru_cell"),
        "infinity over infinity": lambda *given: RIGHT["gru_cell"](
            *given, squash=infinity_over_infinity
        ),
        "nothing reset without a state": without_a_state(nothing_reset),
        "gates of the token without a state": without_a_state(
            gates_of_the_token
        ),
    },
}
