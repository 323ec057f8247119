"""The exercise `recurrence.gru_cell`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import at_first, cell_inputs, far_out, gate, product

BIASES = ("b_x", "b_h")


def sums(x, h, W_x, W_h, b_x, b_h):
    """What input and state bring to the three blocks, each (…, 3h)."""
    return product(x, W_x) + b_x, product(h, W_h) + b_h


def right(
    x,
    h,
    W_x,
    W_h,
    b_x,
    b_h,
    *,
    order="rzn",
    new=lambda seen, kept, r: np.tanh(seen + r * kept),
    mix=lambda z, n, h: (1 - z) * n + z * h,
    squash=gate,
    brought=sums,
):
    """order: of the blocks. new: the new content. mix: old and new."""
    both = brought(x, h, W_x, W_h, b_x, b_h)
    seen, kept = (
        dict(zip(order, np.split(part, 3, -1), strict=True)) for part in both
    )
    r, z = (squash(seen[name] + kept[name]) for name in "rz")
    return mix(z, new(seen["n"], kept["n"], r), h)


def inside(x, h, W_x, W_h, b_x, b_h, *, with_bias=True):
    """The reset gate before the matrix; the bias of the state after it."""
    seen, kept = (np.split(s, 3, -1) for s in sums(x, h, W_x, W_h, b_x, b_h))
    r, z = (gate(seen[k] + kept[k]) for k in (0, 1))
    size = h.shape[-1]
    W, b = W_h[:, 2 * size :], b_h[2 * size :]
    n = np.tanh(seen[2] + product(r * h, W) + (b if with_bias else 0))
    return n + z * (h - n)


def bias_outside(x, h, W_x, W_h, b_x, b_h):
    """r on the state's product, and its bias outside."""
    size = h.shape[-1]
    b = b_h[2 * size :]
    return right(
        *(x, h, W_x, W_h, b_x, b_h),
        new=lambda seen, kept, r: np.tanh(seen + r * (kept - b) + b),
    )


def gates_of_input(x, h, W_x, W_h, b_x, b_h):
    """The state comes to the new content alone."""
    seen, kept = sums(x, h, W_x, W_h, b_x, b_h)
    return seen, kept * np.repeat([0, 0, 1], h.shape[-1])


def two_results(*given):
    found = right(*given)
    return found, found


def one_bias(keep_x, keep_h):
    return lambda x, h, W_x, W_h, b_x, b_h: right(
        x, h, W_x, W_h, keep_x * b_x, keep_h * b_h
    )


def blocks(name, order, sentence):
    return Misconception(name, sentence, but(right, order=order))


def case(name, d, h, lead=(), change=dict):
    def inputs(rng):
        while True:
            given = cell_inputs(rng, d, h, lead, 3, BIASES)
            seen, kept = sums(*given.values())
            # Gates that are neither open nor shut.
            if np.abs(seen + kept).max() < 5:
                return change(given)

    return Case(name, inputs)


EXERCISE = Exercise(
    id="recurrence.gru_cell",
    signature="gru_cell(x, h, W_x, W_h, b_x, b_h) -> new h",
    asks=(
        "One step of a GRU. `x` is `(…, d)`, `h` is `(…, h)`. `W_x` is `(d, "
        "3h)`, `W_h` is `(h, 3h)`, and the biases `b_x` and `b_h` are "
        "`(3h,)`: three blocks side by side, for reset gate r, update gate z "
        "and new content n, in this order. r and z are sigmoids of their "
        "part of $x W_x + b_x + h W_h + b_h$. For n the reset gate acts on "
        "what the state brings, bias included: $n = \\tanh(x W + b_x + r ⊙ "
        "(h W + b_h))$, each with its third block. Then $h' = (1 - z) ⊙ n + "
        "z ⊙ h$. Return $h'$. It is finite where sums reach ±1000."
    ),
    points=2,
    difficulty=4,
    importance=3,
    minutes=10,
    reference=right,
    cases=(
        Case(
            "the lesson's: one unit, all weights 1",
            lambda rng: {
                "x": np.array([1.0]),
                "h": np.array([0.5]),
                "W_x": np.ones((1, 3)),
                "W_h": np.ones((1, 3)),
                "b_x": np.zeros(3),
                "b_h": np.zeros(3),
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
            "z inverted",
            "you kept 1 − z of the old state and took z of the new content. "
            "Some papers write it so. Here z is what *stays*.",
            but(right, mix=lambda z, n, h: z * n + (1 - z) * h),
        ),
        Misconception(
            "r before the matrix",
            "you multiplied the state by r before its matrix. The reset "
            "gate comes after it: r ⊙ (h W + b_h).",
            inside,
        ),
        Misconception(
            "r before the matrix, without the bias",
            "you multiplied the state by r before its matrix and left out "
            "its bias. It is r ⊙ (h W + b_h).",
            but(inside, with_bias=False),
        ),
        Misconception(
            "r without the bias",
            "you left the bias b_h out of the reset gate's reach. It is r ⊙ "
            "(h W + b_h).",
            bias_outside,
        ),
        Misconception(
            "r on everything",
            "you multiplied the input's part by r as well. Only what the "
            "state brings is reset.",
            but(right, new=lambda seen, kept, r: np.tanh(r * (seen + kept))),
        ),
        Misconception(
            "r on the input",
            "you multiplied the input's part by r. It acts on what the state "
            "brings, r ⊙ (h W + b_h).",
            but(right, new=lambda seen, kept, r: np.tanh(r * seen + kept)),
        ),
        Misconception(
            "gates without the state",
            "your gates see the input alone. Add what the state brings to "
            "them, h W_h + b_h.",
            but(right, brought=gates_of_input),
        ),
        Misconception(
            "no r",
            "you left out the reset gate.",
            but(right, new=lambda seen, kept, r: np.tanh(seen + kept)),
        ),
        Misconception(
            "state left out of n",
            "you left the state out of the new content.",
            but(right, new=lambda seen, kept, r: np.tanh(seen)),
        ),
        Misconception(
            "1 − r",
            "you multiplied by 1 − r. Multiply by r.",
            but(
                right,
                new=lambda seen, kept, r: np.tanh(seen + (1 - r) * kept),
            ),
        ),
        blocks(
            "r and z swapped",
            "zrn",
            "you swapped reset and update gate: the first block is r, the "
            "second z.",
        ),
        blocks(
            "blocks n r z",
            "nrz",
            "you read the new content from the first block. The order is r, "
            "z, n.",
        ),
        blocks(
            "blocks r n z",
            "rnz",
            "you read the new content from the second block. The order is r, "
            "z, n.",
        ),
        Misconception(
            "n only",
            "you returned the new content alone. Mix it with the old state: "
            "(1 − z) ⊙ n + z ⊙ h.",
            but(right, mix=lambda z, n, h: n),
        ),
        Misconception(
            "h in full",
            "you added all of the old state. Take z of it.",
            but(right, mix=lambda z, n, h: (1 - z) * n + h),
        ),
        Misconception(
            "n in full",
            "you took all of the new content. Take 1 − z of it.",
            but(right, mix=lambda z, n, h: n + z * h),
        ),
        Misconception(
            "the old state left out",
            "you left out the old state, z ⊙ h.",
            but(right, mix=lambda z, n, h: (1 - z) * n),
        ),
        Misconception(
            "sigmoid for n",
            "you took a sigmoid for the new content. It takes tanh.",
            but(right, new=lambda seen, kept, r: gate(seen + r * kept)),
        ),
        Misconception(
            "no tanh",
            "you left out the tanh of the new content.",
            but(right, new=lambda seen, kept, r: seen + r * kept),
        ),
        Misconception(
            "tanh for the gates",
            "you took tanh for the gates. A gate is a sigmoid, between 0 and "
            "1.",
            but(right, squash=np.tanh),
        ),
        Misconception(
            "no sigmoids",
            "you used the gates' sums as they are. A gate is a sigmoid.",
            but(right, squash=lambda z: z),
        ),
        Misconception(
            "b_x missing",
            "you left out the bias `b_x`.",
            one_bias(0, 1),
        ),
        Misconception(
            "b_h missing",
            "you left out the bias `b_h`.",
            one_bias(1, 0),
        ),
        Misconception(
            "both biases missing",
            "you left out both biases.",
            one_bias(0, 0),
        ),
        Misconception(
            "two results",
            "you returned two results. A GRU carries only its state.",
            two_results,
        ),
    ),
    not_by=("GRUCell", "gru_cell", "GRU", "gru"),
    hints=(
        "If z is 1, what is the new state? And if z is 0?",
        "Keep the two sums apart, x W_x + b_x and h W_h + b_h, and cut each "
        "into three. The gates add them; n multiplies the second by r first.",
        "xr, xz, xn = parts of x @ W_x + b_x; hr, hz, hn = parts of h @ W_h "
        "+ b_h; r = σ(xr + hr); z = σ(xz + hz); n = tanh(xn + r hn); result "
        "= (1 − z) n + z h.",
    ),
    returns=("h",),
    facts=(
        Fact(
            "every number is between −1 and 1, as the old state was",
            lambda h: bool((np.abs(h) <= 1).all()),
        ),
    ),
)
