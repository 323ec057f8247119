"""The exercise `recurrence.gradient_through_time`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but
from .shared import HALF, gate


def right(states, W_h, grad):
    """By the matrix of each step's slopes, from the end."""
    found = [grad]
    for h in reversed(states):
        # Entry (i, j): how fast unit j of the new state moves with unit i of
        # the old one.
        jacobian = np.einsum("ij,j->ij", W_h, 1 - h * h)
        found.append(np.einsum("ij,j->i", jacobian, found[-1]))
    return np.stack(found[::-1])


def by_hand(
    states,
    W_h,
    grad,
    *,
    slope=lambda h: 1 - h**2,
    step=lambda g, s, W: (g * s) @ W.T,
    order=lambda states: states[::-1],
):
    """slope: of a state. step: one step back. order: of the states."""
    found = [grad]
    for h in order(states):
        found.append(step(found[-1], slope(h), W_h))
    return np.stack(found[::-1])


def slope_of_sigmoid(h):
    return h * (1 - h)


def slope_of_tanh_of_h(h):
    """tanh once more: as if the states were sums."""
    return 1 - np.tanh(h) ** 2


def summed(states, W_h, grad):
    """Each step adds the same gradient, as if it spoke of every state."""
    found = [grad]
    for h in reversed(states):
        found.append((found[-1] * (1 - h**2)) @ W_h.T + grad)
    return np.stack(found[::-1])


def running_sums(states, W_h, grad):
    return np.cumsum(right(states, W_h, grad)[::-1], axis=0)[::-1]


def powers_of_the_matrix(states, W_h, grad):
    found = [grad]
    for _ in states:
        found.append(found[-1] @ W_h.T)
    return np.stack(found[::-1])


def case(name, n, h, size=1.0, steep=1):
    def inputs(rng):
        states = np.tanh(size * readable(rng, n, h)).round(2)
        return {
            "states": states,
            "W_h": HALF * readable(rng, h, h),
            "grad": steep * readable(rng, h),
        }

    return Case(name, inputs)


def cut_off(states, W_h, grad):
    """Clipped to ±1 on the way."""
    return by_hand(
        states,
        W_h,
        grad,
        step=lambda g, s, W: np.clip((g * s) @ W.T, -1, 1),
    )


EXERCISE = Exercise(
    id="recurrence.gradient_through_time",
    signature="gradient_through_time(states, W_h, grad) -> (n + 1, h)",
    asks=(
        "How much does the loss feel each state? `states` is `(n, h)`: $h_1$ "
        "to $h_n$, as `unroll` returns them. `grad` is `(h,)`, "
        "$∂L/∂h_n$: only the last state meets the loss. Go back one step at "
        "a time: $∂L/∂h_{t-1} = (∂L/∂h_t ⊙ (1 - h_t^2))\\, W_h^\\top$. "
        "Return `(n + 1, h)`: row t is $∂L/∂h_t$, so that row 0 belongs to "
        "$h_0$ and row n is `grad`."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=8,
    reference=right,
    cases=(
        case("one step, one unit", 1, 1),
        case("one step, three units", 1, 3),
        case("two steps, two units", 2, 2),
        case("five steps, three units, a large gradient", 5, 3, 0.5, 20),
        case("as many steps as units", 3, 3, 0.7),
        Case(
            "the lesson's: x = 1, 0, 0 and W_h = 0.5",
            lambda rng: {
                "states": np.array([[0.7616], [0.3634], [0.1797]]),
                "W_h": np.array([[0.5]]),
                "grad": np.array([1.0]),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "not transposed",
            "you multiplied with `W_h`. The way back takes the transpose: "
            "`W_h.T`.",
            but(by_hand, step=lambda g, s, W: (g * s) @ W),
        ),
        Misconception(
            "no slope",
            "you left out the slope of tanh, 1 − h².",
            powers_of_the_matrix,
        ),
        Misconception(
            "slope of the sigmoid",
            "you took the sigmoid's slope, h(1 − h). That of tanh is 1 − h².",
            but(by_hand, slope=slope_of_sigmoid),
        ),
        Misconception(
            "slope without the square",
            "you took 1 − h. The slope of tanh is 1 − h².",
            but(by_hand, slope=lambda h: 1 - h),
        ),
        Misconception(
            "slope after the matrix",
            "you multiplied by the slope after the matrix. The step forward "
            "ends with tanh, so the way back begins with its slope.",
            but(by_hand, step=lambda g, s, W: (g @ W.T) * s),
        ),
        Misconception(
            "states in the wrong order",
            "you took the slopes of the first state first. The way back "
            "begins at the last state.",
            but(by_hand, order=lambda states: states),
        ),
        Misconception(
            "rows in the wrong order",
            "you returned the rows from the last state to the first. Row 0 "
            "belongs to h₀.",
            lambda *given: right(*given)[::-1],
        ),
        Misconception(
            "without h₀",
            "you left out the row of h₀. One more step back leads there.",
            lambda *given: right(*given)[1:],
        ),
        Misconception(
            "without grad",
            "you left out the last row, which is `grad` itself.",
            lambda *given: right(*given)[:-1],
        ),
        Misconception(
            "h₀ only",
            "you returned only the row of h₀. Return all rows.",
            lambda *given: right(*given)[0],
        ),
        Misconception(
            "a step short",
            "the state before was used for each slope, and the last step "
            "used none. The step to hₜ₋₁ takes the slope at hₜ.",
            lambda states, W, g: by_hand(
                np.vstack([np.zeros(len(g)), states[:-1]]), W, g
            ),
        ),
        Misconception(
            "tanh once more",
            "you applied tanh to the states again. They are tanh's results "
            "already: the slope is 1 − h².",
            but(by_hand, slope=slope_of_tanh_of_h),
        ),
        Misconception(
            "added to the one behind",
            "you added the gradient of the state behind to each. It has been "
            "through the step already: hand on the product alone.",
            but(by_hand, step=lambda g, s, W: g + (g * s) @ W.T),
        ),
        Misconception(
            "running sums",
            "you added the rows up. Only the last state meets the loss.",
            running_sums,
        ),
        Misconception(
            "grad at every step",
            "you added `grad` at every step. Only the last state meets the "
            "loss.",
            summed,
        ),
        Misconception(
            "norms only",
            "you returned the lengths of the rows. Return the rows.",
            lambda *given: np.linalg.norm(right(*given), axis=1),
        ),
        Misconception(
            "cut off",
            "you cut the gradients off at ±1. Return them as they are.",
            cut_off,
        ),
        Misconception(
            "slope squared",
            "you multiplied by the slope twice.",
            but(by_hand, slope=lambda h: (1 - h**2) ** 2),
        ),
        Misconception(
            "slope of the sigmoid of the sum",
            "you took σ(h)(1 − σ(h)). The states are results of tanh, whose "
            "slope is 1 − h².",
            but(by_hand, slope=lambda h: gate(h) * (1 - gate(h))),
        ),
    ),
    not_by=("backward", "grad", "jacrev", "jacfwd", "vjp"),
    hints=(
        "tanh's slope at a result h is 1 − h². Where is it 1, and where "
        "almost 0?",
        "Start with a list that holds `grad`. Go through the states from the "
        "last to the first, and reverse the list at the end.",
        "found = [grad]; for h in states, last first: append (last row * (1 − "
        "h²)) @ W_h.T; reverse.",
    ),
    returns=("gradients",),
)
