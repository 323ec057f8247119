"""Slips in lesson 06."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def cell(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h @ W_h + b)


def read(X, h0, *weights, step=cell):
    h, states = h0, []
    for x in X:
        h = step(x, h, *weights)
        states.append(h)
    return np.array(states)


def before_the_step(X, h0, *weights):
    h, states = h0, []
    for x in X:
        states.append(h)
        h = cell(x, h, *weights)
    return np.array(states)


def one_buffer(X, h0, *weights):
    h, states = h0.copy(), []
    for x in X:
        h[:] = cell(x, h, *weights)
        states.append(h)
    return np.array(states)


def back(states, W, grad, *, slope=lambda h: 1 - h**2, turn=np.transpose):
    rows = [grad]
    for h in states[::-1]:
        rows.append((rows[-1] * slope(h)) @ turn(W))
    return np.array(rows[::-1])


def through_time(
    X, h0, W_x, W_h, b, grads, *, old=None, hand_on=True, slope=True, add=True
):
    states = read(X, h0, W_x, W_h, b)
    olds = np.vstack([h0, states[:-1]]) if old is None else old(states, h0)
    d = [np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)]
    later = 0
    for t in range(len(X) - 1, -1, -1):
        dz = grads[t] + later
        if slope:
            dz = dz * (1 - states[t] ** 2)
        terms = np.outer(X[t], dz), np.outer(olds[t], dz), dz
        d = [a + n for a, n in zip(d, terms, strict=True)] if add else terms
        later = dz @ W_h.T if hand_on else 0
    return tuple(d)


def only_the_last(X, h0, W_x, W_h, b, grads):
    alone = np.zeros_like(grads)
    alone[-1] = grads[-1]
    return through_time(X, h0, W_x, W_h, b, alone)


def lstm(x, h, c, W_x, W_h, b, *, order=(0, 1, 2, 3), new=np.tanh, **change):
    parts = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g, o = (parts[k] for k in order)
    i, f, g, o = sigmoid(i), sigmoid(f), new(g), sigmoid(o)
    added = i * h if change.get("published") else i * g
    c = f * c + added
    h = o * (c if change.get("plain") else np.tanh(c))
    return (c, h) if change.get("swapped") else (h, c)


def gru(x, h, W_x, W_h, b_x, b_h, *, new=np.tanh, order=(0, 1), **change):
    seen = np.split(x @ W_x + b_x, 3, axis=-1)
    kept = np.split(h @ W_h + b_h, 3, axis=-1)
    r, z = (sigmoid(seen[k] + kept[k]) for k in order)
    if change.get("unreset"):
        r = 1
    if change.get("before"):
        n = h.shape[-1]
        kept[2] = (r * h) @ W_h[:, 2 * n :] + b_h[2 * n :]
        r = 1
    n = new(seen[2] + r * kept[2])
    if change.get("inverted"):
        z = 1 - z
    return n if change.get("new_only") else (1 - z) * n + z * h


def windows(ids, rows, steps, *, ahead=1, less=1, first=None):
    L = (len(ids) - less) // rows
    if steps > L and first is None:
        raise ValueError("too short")
    inputs, targets = [], []
    for k in range(L // steps):
        starts = [r * L + k * steps for r in range(rows)]
        if first:
            starts = [first(k, r, rows, steps) for r in range(rows)]
        inputs.append([np.take(ids, range(s, s + steps)) for s in starts])
        moved = [s + ahead for s in starts]
        targets.append(
            [np.take(ids, range(s, s + steps), mode="wrap") for s in moved]
        )
    return np.array(inputs), np.array(targets)


def in_one_row(ids, rows, steps):
    if (len(ids) - 1) // rows < steps:
        raise ValueError("too short")
    return windows(
        ids, rows, steps, first=lambda k, r, rows, n: (k * rows + r) * n
    )


def rows_first(ids, rows, steps):
    return tuple(one.swapaxes(0, 1) for one in windows(ids, rows, steps))


def nothing_refused(ids, rows, steps):
    empty = np.zeros((0, rows, steps), dtype=int)
    if (len(ids) - 1) // rows < steps:
        return empty, empty
    return windows(ids, rows, steps)


WRONG = {
    "recurrence.rnn_cell": {
        "no tanh": lambda x, h, W_x, W_h, b: x @ W_x + h @ W_h + b,
        "sigmoid": lambda x, h, W_x, W_h, b: sigmoid(x @ W_x + h @ W_h + b),
        "no bias": lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h),
        "transposed": lambda x, h, W_x, W_h, b: cell(x, h, W_x, W_h.T, b),
        "state outside": lambda x, h, W_x, W_h, b: (
            np.tanh(x @ W_x + b) + h @ W_h
        ),
        "state added": lambda x, h, W_x, W_h, b: h + cell(x, h, W_x, W_h, b),
    },
    "recurrence.unroll": {
        "last": lambda *given: read(*given)[-1],
        "first too": lambda X, h0, *w: np.vstack([h0, read(X, h0, *w)]),
        "before": before_the_step,
        "never handed on": lambda X, h0, *w: np.array(
            [cell(x, h0, *w) for x in X]
        ),
        "zeros": lambda X, h0, *w: read(X, 0 * h0, *w),
        "one buffer": one_buffer,
    },
    "recurrence.gradient_through_time": {
        "not transposed": lambda s, W, g: back(s, W, g, turn=np.array),
        "no slope": lambda s, W, g: back(s, W, g, slope=lambda h: 1),
        "sigmoid": lambda s, W, g: back(s, W, g, slope=lambda h: h * (1 - h)),
        "not reversed": lambda s, W, g: back(s, W, g)[::-1],
        "without the first": lambda s, W, g: back(s, W, g)[1:],
        "forwards": lambda s, W, g: back(s[::-1], W, g),
    },
    "recurrence.rnn_backward": {
        "own loss only": lambda *g: through_time(*g, hand_on=False),
        "no slope": lambda *g: through_time(*g, slope=False),
        "state after": lambda *g: through_time(*g, old=lambda s, h0: s),
        "overwritten": lambda *g: through_time(*g, add=False),
        "last loss": only_the_last,
        "zeros before": lambda *g: through_time(
            *g, old=lambda s, h0: np.vstack([0 * h0, s[:-1]])
        ),
    },
    "recurrence.lstm_cell": {
        "published": lambda *g: lstm(*g, published=True),
        "order": lambda *g: lstm(*g, order=(0, 1, 3, 2)),
        "sigmoid everywhere": lambda *g: lstm(*g, new=sigmoid),
        "plain cell": lambda *g: lstm(*g, plain=True),
        "cell first": lambda *g: lstm(*g, swapped=True),
        "gates swapped": lambda *g: lstm(*g, order=(1, 0, 2, 3)),
    },
    "recurrence.gru_cell": {
        "inverted": lambda *g: gru(*g, inverted=True),
        "reset before": lambda *g: gru(*g, before=True),
        "no reset": lambda *g: gru(*g, unreset=True),
        "gates swapped": lambda *g: gru(*g, order=(1, 0)),
        "sigmoid": lambda *g: gru(*g, new=sigmoid),
        "new only": lambda *g: gru(*g, new_only=True),
    },
    "recurrence.next_token_batches": {
        "not shifted": lambda *g: windows(*g, ahead=0),
        "back": lambda *g: windows(*g, ahead=-1),
        "without minus one": lambda *g: windows(*g, less=0),
        "in one row": in_one_row,
        "rows first": rows_first,
        "nothing refused": nothing_refused,
    },
}
