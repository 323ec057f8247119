"""The exercise `recurrence.lstm_cell`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .shared import at_first, cell_inputs, far_out, gate, product


def sums(x, h, W_x, W_h, b):
    """(…, 4h): what the gates squash."""
    return product(x, W_x) + product(h, W_h) + b


def right(
    x,
    h,
    c,
    W_x,
    W_h,
    b,
    *,
    total=sums,
    order="ifgo",
    cut=lambda s: np.split(s, 4, -1),
    gates=(gate, gate, gate),
    new=np.tanh,
    write=lambda i, f, g, h, c: f * c + i * g,
    show=lambda o, new_c, c: o * np.tanh(new_c),
    end=lambda h, c: (h, c),
):
    """order: of the blocks. cut: into them. gates: input, forget, output.

    new: of the cell.

    write: the new cell. show: the new state. end: what is returned.
    """
    parts = dict(zip(order, cut(total(x, h, W_x, W_h, b)), strict=True))
    i, f, o = (
        squash(parts[name]) for squash, name in zip(gates, "ifo", strict=True)
    )
    new_c = write(i, f, new(parts["g"]), h, c)
    return end(show(o, new_c, c), new_c)


def swapped_going_in(x, h, c, *weights):
    return right(x, c, h, *weights)


def blocks(name, order, sentence):
    return Misconception(name, sentence, but(right, order=order))


def case(name, d, h, lead=(), change=dict):
    def inputs(rng):
        while True:
            given = cell_inputs(rng, d, h, lead, 4, cells=("h", "c"))
            parts = sums(*(v for name, v in given.items() if name != "c"))
            # Gates that are neither open nor shut.
            if np.abs(parts).max() < 5:
                return change(given)

    return Case(name, inputs)


EXERCISE = Exercise(
    id="recurrence.lstm_cell",
    signature="lstm_cell(x, h, c, W_x, W_h, b) -> (h, c)",
    asks=(
        "One step of an LSTM. `x` is `(…, d)`; the state `h` and the cell "
        "`c` are `(…, h)`. `W_x` is `(d, 4h)`, `W_h` is `(h, 4h)`, `b` is "
        "`(4h,)`: four blocks side by side, for input gate i, forget gate f, "
        "new content g and output gate o, in this order. i, f and o are "
        "sigmoids of their part of $x W_x + h W_h + b$, and g is its tanh. "
        "Then $c' = f ⊙ c + i ⊙ g$ and $h' = o ⊙ \\tanh(c')$. Return $h'$ and "
        "$c'$. Both are finite where sums reach ±1000."
    ),
    points=3,
    difficulty=4,
    importance=4,
    minutes=10,
    reference=right,
    cases=(
        Case(
            "the lesson's: one unit, all weights 1",
            lambda rng: {
                "x": np.array([1.0]),
                "h": np.array([0.0]),
                "c": np.array([0.5]),
                "W_x": np.ones((1, 4)),
                "W_h": np.ones((1, 4)),
                "b": np.zeros(4),
            },
        ),
        case("one unit", 1, 1),
        case("three numbers, two units", 3, 2),
        case("as many numbers as units", 3, 3),
        case("a batch of four", 2, 3, (4,)),
        case("two leading axes", 3, 2, (2, 3)),
        case("a batch of one, before its first token", 2, 3, (1,), at_first),
        case("a large number", 1, 1, (), far_out),
    ),
    misconceptions=(
        Misconception(
            "i ⊙ h + f ⊙ c",
            "you let the old *state* into the cell, i ⊙ h. The new content "
            "is g: without it the input never gets in.",
            but(right, write=lambda i, f, g, h, c: f * c + i * h),
        ),
        Misconception(
            "f ⊙ h",
            "you kept f of the old *state*. The forget gate keeps the old "
            "cell: f ⊙ c.",
            but(right, write=lambda i, f, g, h, c: f * h + i * g),
        ),
        Misconception(
            "every fourth number",
            "you dealt the sums out in turn, one to each gate. The blocks "
            "stand side by side: first all of i, then all of f.",
            but(right, cut=lambda s: [s[..., k::4] for k in range(4)]),
        ),
        Misconception(
            "i and f swapped",
            "you swapped two gates. The first block is i, which lets new "
            "content in. The second is f, which keeps the old cell.",
            but(right, write=lambda i, f, g, h, c: i * c + f * g),
        ),
        blocks(
            "blocks i f o g",
            "ifog",
            "you read the blocks in the order i, f, o, g. The third is the "
            "new content g, the fourth the output gate o.",
        ),
        blocks(
            "blocks i g f o",
            "igfo",
            "you read the blocks in the order i, g, f, o. The second is the "
            "forget gate f, the third the new content g.",
        ),
        blocks(
            "blocks g i f o",
            "gifo",
            "you read the blocks in the order g, i, f, o. The order is i, f, "
            "g, o.",
        ),
        Misconception(
            "sigmoid for g",
            "you took a sigmoid for the new content. It takes tanh, so that "
            "it can also subtract.",
            but(right, new=gate),
        ),
        Misconception(
            "no tanh on g",
            "you left out the tanh of the new content.",
            but(right, new=lambda z: z),
        ),
        Misconception(
            "tanh for the gates",
            "you took tanh for the gates. A gate is a sigmoid, between 0 "
            "(shut) and 1 (open).",
            but(right, gates=(np.tanh,) * 3),
        ),
        Misconception(
            "tanh for the output gate",
            "you took tanh for the output gate. A gate is a sigmoid.",
            but(right, gates=(gate, gate, np.tanh)),
        ),
        Misconception(
            "no sigmoids",
            "you used the gates' sums as they are. A gate is a sigmoid, "
            "between 0 (shut) and 1 (open).",
            but(right, gates=(lambda z: z,) * 3),
        ),
        Misconception(
            "1 − f for i",
            "you let in 1 − f of the new content. The input gate i is a gate "
            "of its own.",
            but(right, write=lambda i, f, g, h, c: f * c + (1 - f) * g),
        ),
        Misconception(
            "1 − f keeps",
            "you kept 1 − f of the old cell. An open forget gate, f = 1, "
            "keeps all of it.",
            but(right, write=lambda i, f, g, h, c: (1 - f) * c + i * g),
        ),
        Misconception(
            "o ⊙ c",
            "you left out the tanh of the new cell: h' = o ⊙ tanh(c').",
            but(right, show=lambda o, new_c, c: o * new_c),
        ),
        Misconception(
            "the old c in h",
            "you computed the new state from the *old* cell. Take the new "
            "one.",
            but(right, show=lambda o, new_c, c: o * np.tanh(c)),
        ),
        Misconception(
            "tanh around c",
            "you squashed the cell itself. It is carried on as it is, so "
            "that its gradient passes. Only h' takes its tanh.",
            but(right, write=lambda i, f, g, h, c: np.tanh(f * c + i * g)),
        ),
        Misconception(
            "the cell forgotten",
            "you left out the old cell, f ⊙ c. Without it nothing is "
            "remembered.",
            but(right, write=lambda i, f, g, h, c: i * g),
        ),
        Misconception(
            "nothing forgotten",
            "you kept all of the old cell. Multiply it by the forget gate f.",
            but(right, write=lambda i, f, g, h, c: c + i * g),
        ),
        Misconception(
            "no input gate",
            "you added all of the new content. Multiply it by the input "
            "gate i.",
            but(right, write=lambda i, f, g, h, c: f * c + g),
        ),
        Misconception(
            "no output gate",
            "you left out the output gate o.",
            but(right, show=lambda o, new_c, c: np.tanh(new_c)),
        ),
        Misconception(
            "h and c swapped going in",
            "you swapped state and cell: the gates see h, and c is what f "
            "keeps.",
            swapped_going_in,
        ),
        Misconception(
            "h and c swapped coming out",
            "you returned the cell first. The state h comes first.",
            but(right, end=lambda h, c: (c, h)),
        ),
        Misconception(
            "the old c returned",
            "your state is right, but you returned the old cell.",
            lambda x, h, c, *weights: (right(x, h, c, *weights)[0], c),
        ),
        Misconception(
            "h only",
            "you returned only the state. Return the cell too, as the second "
            "of two.",
            but(right, end=lambda h, c: h),
        ),
        Misconception(
            "bias missing",
            "you left out the bias `b`.",
            but(
                right,
                total=lambda x, h, W_x, W_h, b: sums(x, h, W_x, W_h, 0),
            ),
        ),
        Misconception(
            "state forgotten",
            "you left out the old state: the gates see only the input.",
            but(
                right,
                total=lambda x, h, W_x, W_h, b: sums(x, 0 * h, W_x, W_h, b),
            ),
        ),
    ),
    not_by=("LSTMCell", "lstm_cell", "LSTM", "lstm"),
    hints=(
        "If f is 1 and i is 0, what is the new cell? And if f is 0 and i is "
        "1?",
        "Compute all four sums at once, `(…, 4h)`, and cut them into four "
        "along the last axis: `np.split(sums, 4, axis=-1)`.",
        "i, f, g, o = four parts of x @ W_x + h @ W_h + b; c = σ(f) c + σ(i) "
        "tanh(g); h = σ(o) tanh(c); return h, c.",
    ),
    returns=("h", "c"),
)
