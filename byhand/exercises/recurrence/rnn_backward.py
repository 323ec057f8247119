"""The exercise `recurrence.rnn_backward`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but
from .shared import complex_slopes, read, states_of


def right(X, h0, W_x, W_h, b, grads):
    """By complex steps in every weight."""

    def loss(*weights):
        return (states_of(X, h0, *weights) * grads).sum()

    return (
        complex_slopes(lambda W: loss(W, W_h, b), W_x),
        complex_slopes(lambda W: loss(W_x, W, b), W_h),
        complex_slopes(lambda v: loss(W_x, W_h, v), b),
    )


def by_hand(
    X,
    h0,
    W_x,
    W_h,
    b,
    grads,
    *,
    slope=lambda h: 1 - h**2,
    back=lambda dz, W: dz @ W.T,
    told=lambda grads: grads,
    before=lambda states, h0: np.vstack([h0, states[:-1]]),
    gather=lambda terms: np.sum(terms, axis=0),
    order=lambda n: range(n - 1, -1, -1),
    meet=lambda own, later, slope: (own + later) * slope,
    carry=lambda later, handed: handed,
):
    """The closed form, from the last step to the first.

    slope: of a state. back: what a step hands to the one before. told: what
    the losses say. before: the states that the steps began with. gather:
    makes one array of those of all steps. order: of the steps. meet: a
    state's own loss and what comes from later ones. carry: what is handed to
    the next step, from what was and what came back.
    """
    states = states_of(X, h0, W_x, W_h, b)
    olds, told = before(states, h0), told(grads)
    d_W_x, d_W_h, d_b, later = [], [], [], np.zeros_like(h0)
    for t in order(len(X)):
        dz = meet(told[t], later, slope(states[t]))
        d_W_x.append(np.outer(X[t], dz))
        d_W_h.append(np.outer(olds[t], dz))
        d_b.append(dz)
        later = carry(later, back(dz, W_h))
    return gather(d_W_x), gather(d_W_h), gather(d_b)


def last_alone(grads):
    """What the last state's loss says, and nothing of the others."""
    alone = np.zeros_like(grads)
    alone[-1] = grads[-1]
    return alone


def handed_at_each_step(X, h0, W_x, W_h, b, grads):
    """What comes from later steps, without what comes from even later."""
    states = states_of(X, h0, W_x, W_h, b)
    olds = np.vstack([h0, states[:-1]])
    d = [np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)]
    for t in range(len(X)):
        total = grads[t]
        if t + 1 < len(X):
            total = total + (grads[t + 1] * (1 - states[t + 1] ** 2)) @ W_h.T
        dz = total * (1 - states[t] ** 2)
        d[0] += np.outer(X[t], dz)
        d[1] += np.outer(olds[t], dz)
        d[2] += dz
    return tuple(d)


def first_grad_for_all(X, h0, W_x, W_h, b, grads):
    return by_hand(X, h0, W_x, W_h, b, np.tile(grads[0], (len(grads), 1)))


def transposed(*given):
    d_W_x, d_W_h, d_b = right(*given)
    return d_W_x.T, d_W_h.T, d_b


def one_transposed(*given):
    d_W_x, d_W_h, d_b = right(*given)
    return d_W_x, d_W_h.T, d_b


def slope_left_to_hand_on(X, h0, W_x, W_h, b, grads):
    """The slope counts for the weights, and is left out on the way back."""
    states = states_of(X, h0, W_x, W_h, b)
    olds = np.vstack([h0, states[:-1]])
    d = [np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)]
    later = 0 * h0
    for t in range(len(X) - 1, -1, -1):
        total = grads[t] + later
        dz = total * (1 - states[t] ** 2)
        d[0] += np.outer(X[t], dz)
        d[1] += np.outer(olds[t], dz)
        d[2] += dz
        later = total @ W_h.T
    return tuple(d)


def bias_of_inputs(*given):
    """The gradient of the bias without later steps: the rest is right."""
    d_W_x, d_W_h, _ = right(*given)
    X, h0, W_x, W_h, b, grads = given
    states = states_of(X, h0, W_x, W_h, b)
    return d_W_x, d_W_h, (grads * (1 - states**2)).sum(axis=0)


def case(name, n, d, h, silent=()):
    """silent: the steps that have no loss."""

    def inputs(rng):
        while True:
            given = read(rng, n, d, h) | {"grads": readable(rng, n, h)}
            given["grads"][list(silent)] = 0
            states = states_of(*list(given.values())[:5])
            # Slopes that are neither 1 nor nearly 0.
            if np.abs(states).max() < 0.97 and np.abs(states).min() > 0.05:
                return given

    return Case(name, inputs)


EXERCISE = Exercise(
    id="recurrence.rnn_backward",
    signature="rnn_backward(X, h0, W_x, W_h, b, grads) -> (dW_x, dW_h, db)",
    asks=(
        "Backpropagation through time: the gradients of the weights. `X` is "
        "`(n, d)`, `h0` `(h,)`, and the weights are those of `unroll`. Every "
        "state has a loss of its own, and the total loss is their sum: "
        "`grads` is `(n, h)`, and row t says what the loss of step t alone "
        "gives for its state. But a state also acts on all *later* states, "
        "and so on their losses. Return the gradients of the total loss, each "
        "in the shape of its weight: `dW_x` `(d, h)`, `dW_h` `(h, h)`, `db` "
        "`(h,)`. The same weights act at every step, so their gradients add "
        "up over the steps."
    ),
    points=3,
    difficulty=5,
    importance=4,
    minutes=15,
    reference=right,
    cases=(
        case("one step", 1, 2, 3),
        case("two steps, one unit", 2, 1, 1),
        case("two steps, two units", 2, 3, 2),
        case("four steps, one without a loss", 4, 2, 3, silent=(2,)),
        case("as many steps as numbers and units", 3, 3, 3),
    ),
    misconceptions=(
        Misconception(
            "nothing from later steps",
            "you took only each state's own loss. A state also acts on the "
            "later ones: add what comes back from the next step.",
            but(by_hand, back=lambda dz, W: 0 * dz),
        ),
        Misconception(
            "one step back only",
            "you added what the next step's own loss says, and nothing from "
            "farther on. Hand back the *sum* of both.",
            handed_at_each_step,
        ),
        Misconception(
            "no slope",
            "you left out the slope of tanh, 1 − h².",
            but(by_hand, slope=lambda h: 1.0),
        ),
        Misconception(
            "slope not handed back",
            "you left out the slope of tanh on the way to the step before. "
            "What goes back passes tanh first, then `W_h.T`.",
            slope_left_to_hand_on,
        ),
        Misconception(
            "no slope for what comes back",
            "what comes back from the later step did not pass tanh. Add it "
            "to the state's own loss first, then multiply by 1 − h².",
            but(by_hand, meet=lambda own, later, slope: own * slope + later),
        ),
        Misconception(
            "no slope for the own loss",
            "each state's own loss did not pass tanh. Add what comes back "
            "first, then multiply both by 1 − h².",
            but(by_hand, meet=lambda own, later, slope: own + later * slope),
        ),
        Misconception(
            "tanh once more",
            "you applied tanh to the states again. They are tanh's results "
            "already: the slope is 1 − h².",
            but(by_hand, slope=lambda h: 1 - np.tanh(h) ** 2),
        ),
        Misconception(
            "from the first step on",
            "you went from the first step to the last. The way back begins "
            "at the last step.",
            but(by_hand, order=range),
        ),
        Misconception(
            "what comes back added up",
            "you added up what comes back, step after step. The last of "
            "these has all later steps in it: set `later` with `=`.",
            but(by_hand, carry=lambda later, handed: later + handed),
        ),
        Misconception(
            "the last state before the first",
            "your first step began with the *last* state: place −1 is the "
            "end. It began with `h0`.",
            but(by_hand, before=lambda states, h0: np.roll(states, 1, 0)),
        ),
        Misconception(
            "slope of the sigmoid",
            "you took the sigmoid's slope, h(1 − h). That of tanh is 1 − h².",
            but(by_hand, slope=lambda h: h * (1 - h)),
        ),
        Misconception(
            "hₜ for hₜ₋₁",
            "you multiplied with the state *after* each step for `dW_h`. The "
            "step multiplied `W_h` with the one before, h₀ for the first.",
            but(by_hand, before=lambda states, h0: states),
        ),
        Misconception(
            "h₀ taken for 0",
            "you took zeros for the first state. The first step multiplied "
            "`W_h` with `h0`.",
            but(
                by_hand,
                before=lambda states, h0: np.vstack([0 * h0, states[:-1]]),
            ),
        ),
        Misconception(
            "h₀ at every step",
            "you multiplied with `h0` at every step for `dW_h`. Each step "
            "began with the state that the one before left.",
            but(
                by_hand,
                before=lambda states, h0: np.tile(h0, (len(states), 1)),
            ),
        ),
        Misconception(
            "last loss only",
            "you took only the last state's loss. Each row of `grads` counts.",
            but(by_hand, told=last_alone),
        ),
        Misconception(
            "the first loss for all",
            "you took the first row of `grads` at every step. Each step has "
            "its own row.",
            first_grad_for_all,
        ),
        Misconception(
            "losses reversed",
            "you read the rows of `grads` from the last to the first, while "
            "the states went the other way. Row t belongs to step t.",
            but(by_hand, told=lambda grads: grads[::-1]),
        ),
        Misconception(
            "averaged",
            "you averaged over the steps. The gradients add up.",
            but(by_hand, gather=lambda terms: np.mean(terms, axis=0)),
        ),
        Misconception(
            "the last step's product only",
            "you kept only the last step's product. Add up over all steps: "
            "`+=`, not `=`.",
            but(by_hand, gather=lambda terms: terms[0]),
        ),
        Misconception(
            "the first step's product only",
            "you kept only the first step's product, the last that you "
            "computed. Add up over all steps: `+=`, not `=`.",
            but(by_hand, gather=lambda terms: terms[-1]),
        ),
        Misconception(
            "W_h not transposed",
            "you went back through `W_h`. The way back takes the transpose: "
            "`W_h.T`.",
            but(by_hand, back=lambda dz, W: dz @ W),
        ),
        Misconception(
            "gradients transposed",
            "you transposed the gradients of the matrices. Each has its "
            "weight's shape: input first, `np.outer(x, dz)`.",
            transposed,
        ),
        Misconception(
            "dW_h transposed",
            "you transposed `dW_h`. The old state comes first: "
            "`np.outer(h, dz)`.",
            one_transposed,
        ),
        Misconception(
            "order",
            "you returned them in another order. It is dW_x, dW_h, db.",
            lambda *given: tuple(right(*given)[i] for i in (1, 0, 2)),
        ),
        Misconception(
            "sign",
            "you returned minus the gradients. The step downhill comes later.",
            lambda *given: tuple(-one for one in right(*given)),
        ),
        Misconception(
            "bias without later steps",
            "your matrices are right, but for `db` you took only each "
            "state's own loss. It gets the same errors as they do.",
            bias_of_inputs,
        ),
    ),
    not_by=("backward", "grad", "jacrev", "jacfwd", "vjp"),
    hints=(
        "The state h₁ meets its own loss, and it shapes h₂. How many ways "
        "lead from h₁ to the total loss, if n is 2?",
        "Run forward and keep all states. Then go back from the last step "
        "with one variable: what the later steps say about this state.",
        "later = 0; for t from n down to 1: dz = (grads[t] + later) * (1 − "
        "h[t]²); dW_x += outer(x[t], dz); dW_h += outer(h[t − 1], dz); db += "
        "dz; later = dz @ W_h.T.",
    ),
    returns=("dW_x", "dW_h", "db"),
)
