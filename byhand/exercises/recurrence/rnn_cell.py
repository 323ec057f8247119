"""The exercise `recurrence.rnn_cell`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import at_first, cell_inputs, gate, product


def right(
    x,
    h,
    W_x,
    W_h,
    b,
    *,
    squash=np.tanh,
    seen=lambda x, W: product(x, W),
    kept=lambda h, W: product(h, W),
    shift=lambda b: b,
    after=lambda new, h: new,
):
    """seen, kept: what input and state bring. after: what is done at last."""
    return after(squash(seen(x, W_x) + kept(h, W_h) + shift(b)), h)


def case(name, *sizes, **more):
    return Case(name, lambda rng: cell_inputs(rng, *sizes, **more))


def far_out(rng):
    """Sums of about 800 and −800."""
    given = cell_inputs(rng, 1, 1, (2,))
    return given | {"x": np.array([[800.0], [-800.0]]), "W_x": np.ones((1, 1))}


def state_outside(x, h, W_x, W_h, b):
    return np.tanh(product(x, W_x) + b) + product(h, W_h)


def two_squashes(x, h, W_x, W_h, b):
    return np.tanh(product(x, W_x) + b) + np.tanh(product(h, W_h))


def bias_outside(x, h, W_x, W_h, b):
    return np.tanh(product(x, W_x) + product(h, W_h)) + b


def average_of_two(x, h, W_x, W_h, b):
    return np.tanh((product(x, W_x) + product(h, W_h) + b) / 2)


def matrices_swapped(x, h, W_x, W_h, b):
    """Fits only where x and h are equally wide."""
    return np.tanh(product(x, W_h) + product(h, W_x) + b)


EXERCISE = Exercise(
    id="recurrence.rnn_cell",
    signature="rnn_cell(x, h, W_x, W_h, b) -> new h",
    asks=(
        "One step of a recurrent network: $h' = \\tanh(x W_x + h W_h + b)$. "
        "`x` is `(…, d)`, the token that comes in; `h` is `(…, h)`, the state "
        "so far; `W_x` is `(d, h)`, `W_h` is `(h, h)` and `b` is `(h,)`. "
        "Return the new state, `(…, h)`. The leading axes of `x` and `h` are "
        "the same: none for a single token, `(batch,)` for several "
        "sequences at once. The state is finite where sums reach ±1000."
    ),
    points=1,
    difficulty=2,
    importance=5,
    minutes=4,
    reference=right,
    cases=(
        case("one number, one unit", 1, 1),
        case("three numbers, two units", 3, 2),
        case("as many numbers as units and sequences", 3, 3, lead=(3,)),
        case("a batch of four", 2, 3, lead=(4,)),
        case("two leading axes", 3, 2, lead=(2, 3)),
        Case(
            "a batch of one, before its first token",
            lambda rng: at_first(cell_inputs(rng, 2, 3, (1,))),
        ),
        Case("large numbers", far_out),
    ),
    misconceptions=(
        Misconception(
            "no tanh",
            "you left out the tanh. Without it the state can grow without "
            "end.",
            but(right, squash=lambda z: z),
        ),
        Misconception(
            "sigmoid",
            "you took a sigmoid. This cell takes tanh, which also reaches "
            "below 0.",
            but(right, squash=gate),
        ),
        Misconception(
            "ReLU",
            "you took a ReLU. This cell takes tanh.",
            but(right, squash=lambda z: np.maximum(z, 0)),
        ),
        Misconception(
            "W_h transposed",
            "you transposed `W_h`. The state is a row: `h @ W_h`.",
            but(right, kept=lambda h, W: product(h, W.T)),
        ),
        Misconception(
            "bias missing",
            "you left out the bias `b`.",
            but(right, shift=lambda b: 0.0),
        ),
        Misconception(
            "bias twice",
            "you added the bias twice. PyTorch has two biases, but here there "
            "is one.",
            but(right, shift=lambda b: 2 * b),
        ),
        Misconception(
            "bias outside",
            "you added the bias after the tanh. It belongs inside.",
            bias_outside,
        ),
        Misconception(
            "state outside the tanh",
            "you added the state's part after the tanh. All three parts are "
            "added first.",
            state_outside,
        ),
        Misconception(
            "two tanhs",
            "you squashed input and state one by one. Add first, then one "
            "tanh.",
            two_squashes,
        ),
        Misconception(
            "tanh twice",
            "you applied tanh twice.",
            but(right, squash=lambda z: np.tanh(np.tanh(z))),
        ),
        Misconception(
            "state forgotten",
            "you left out the old state. Without it the network remembers "
            "nothing.",
            but(right, kept=lambda h, W: 0.0),
        ),
        Misconception(
            "input forgotten",
            "you left out the input. Without it the network reads nothing.",
            but(right, seen=lambda x, W: 0.0),
        ),
        Misconception(
            "state without its matrix",
            "you added the state as it is. Multiply it with `W_h` first.",
            but(right, kept=lambda h, W: h),
        ),
        Misconception(
            "only the diagonal of W_h",
            "you let each unit see only its own old value. `h @ W_h` mixes "
            "all of them.",
            but(right, kept=lambda h, W: h * np.diagonal(W)),
        ),
        Misconception(
            "h + tanh",
            "you added the old state to the new one. The new state replaces "
            "it.",
            but(right, after=lambda new, h: h + new),
        ),
        Misconception(
            "half of each",
            "you averaged the old and the new state. The new state replaces "
            "the old.",
            but(right, after=lambda new, h: (h + new) / 2),
        ),
        Misconception(
            "averaged inside",
            "you halved the sum before the tanh. Add up, no more.",
            average_of_two,
        ),
        Misconception(
            "minus the state",
            "you subtracted the state's part. Add it.",
            but(right, kept=lambda h, W: -product(h, W)),
        ),
        Misconception(
            "the old state returned",
            "you returned the old state.",
            but(right, after=lambda new, h: h),
        ),
    ),
    not_by=("RNNCell", "rnn_tanh_cell", "RNN", "rnn_tanh"),
    hints=(
        "With one unit, W_x = 1, W_h = 0.5, b = 0 and h = 0.7616: what is the "
        "new state if x is 0?",
        "Two matrix products and a bias are added, and the sum goes through "
        "`np.tanh`.",
        "result = tanh(x @ W_x + h @ W_h + b).",
    ),
    returns=("h",),
    facts=(
        Fact(
            "every number is between −1 and 1",
            lambda h: bool((np.abs(h) <= 1).all()),
        ),
    ),
)
