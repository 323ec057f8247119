"""The exercise `recurrence.unroll`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from .shared import cell, product, read, states_of


def with_the_first(X, h0, *weights):
    return np.vstack([h0, states_of(X, h0, *weights)])


def one_late(X, h0, *weights):
    """h₀ … hₙ₋₁."""
    return with_the_first(X, h0, *weights)[:-1]


def never_handed_on(X, h0, *weights):
    return np.array([cell(x, h0, *weights) for x in X])


def from_zeros(X, h0, *weights):
    return states_of(X, np.zeros_like(h0), *weights)


def backwards(X, h0, *weights):
    return states_of(X[::-1], h0, *weights)


def backwards_and_back(X, h0, *weights):
    return backwards(X, h0, *weights)[::-1]


def residual(X, h0, *weights):
    return states_of(X, h0, *weights, step=lambda x, h, *w: h + cell(x, h, *w))


def transposed(X, h0, W_x, W_h, b):
    return states_of(X, h0, W_x, W_h.T, b)


def the_last_n_times(X, h0, *weights):
    """One array that is written into, and n names for it."""
    return np.repeat(states_of(X, h0, *weights)[-1:], len(X), axis=0)


def without_squash(X, h0, *weights):
    return states_of(
        X, h0, *weights, step=lambda x, h, U, W, b: product(x, U) + h @ W + b
    )


def first_input_only(X, h0, *weights):
    return states_of(np.repeat(X[:1], len(X), axis=0), h0, *weights)


def a_step_short(X, h0, *weights):
    return states_of(X, h0, *weights)[:-1]


def zeros_first(X, h0, W_x, W_h, b):
    """The bias only at the first step."""
    found, h = [], h0
    for i, x in enumerate(X):
        h = cell(x, h, W_x, W_h, b if i == 0 else 0 * b)
        found.append(h)
    return np.stack(found)


def with_rows_of_zeros(rng):
    """One-hot rows, and rows of zeros that are tokens too; b is 0."""
    given = read(rng, 4, 3, 2)
    X = np.zeros((4, 3))
    X[[0, 2], rng.permutation(3)[:2]] = 1
    return given | {"X": X, "b": np.zeros(2)}


def case(name, *sizes):
    return Case(name, lambda rng: read(rng, *sizes))


EXERCISE = Exercise(
    id="recurrence.unroll",
    signature="unroll(X, h0, W_x, W_h, b) -> (n, h)",
    asks=(
        "Read a whole sequence. `X` is `(n, d)`, a row a token; `h0`, `(h,)`, "
        "is the state before the first. Apply the cell to one row after "
        "another, each time with the state that came before, and with the "
        "same weights. Return all states, `(n, h)`: row 0 is the state after "
        "the first token. `h0` itself is not among them, and stays as it is."
    ),
    points=1,
    difficulty=2,
    importance=5,
    minutes=5,
    reference=states_of,
    cases=(
        case("one token", 1, 2, 3),
        case("two tokens, one unit", 2, 1, 1),
        case("three tokens", 3, 3, 2),
        case("five tokens, three units", 5, 2, 3),
        case("as many tokens as numbers and units", 3, 3, 3),
        Case("rows of zeros between others", with_rows_of_zeros),
    ),
    misconceptions=(
        Misconception(
            "the last only",
            "you returned only the last state. Return all, a row each.",
            lambda *given: states_of(*given)[-1],
        ),
        Misconception(
            "the last as a table",
            "you returned only the last state, as a table of one row. Return "
            "all, a row each.",
            lambda *given: states_of(*given)[-1:],
        ),
        Misconception(
            "h₀ included",
            "you returned h₀ as well. Begin with the state after the first "
            "token.",
            with_the_first,
        ),
        Misconception(
            "h₀ for hₙ",
            "you kept each state before its step, so h₀ is in and the last "
            "one is out. Keep it after the step.",
            one_late,
        ),
        Misconception(
            "h₀ at every step",
            "you started every step from h₀. Each step starts from the state "
            "that the one before left.",
            never_handed_on,
        ),
        Misconception(
            "starts at zeros",
            "you started at zeros. Start at `h0`.",
            from_zeros,
        ),
        Misconception(
            "backwards",
            "you read the tokens from the last to the first.",
            backwards,
        ),
        Misconception(
            "backwards, in order",
            "you read the tokens from the last to the first and reversed "
            "the states. Read from the first to the last.",
            backwards_and_back,
        ),
        Misconception(
            "states reversed",
            "you returned the states in reverse. Row 0 belongs to the first "
            "token.",
            lambda *given: states_of(*given)[::-1],
        ),
        Misconception(
            "residual",
            "you added each old state to the new one. The new state replaces "
            "it.",
            residual,
        ),
        Misconception(
            "W_h transposed",
            "you transposed `W_h`. The state is a row: `h @ W_h`.",
            transposed,
        ),
        Misconception(
            "running sums",
            "you added the states up. Row t is the state after token t alone.",
            lambda *given: np.cumsum(states_of(*given), axis=0),
        ),
        Misconception(
            "the same array n times",
            "all rows are the last state. You wrote every step into one array "
            "and kept that array n times: make a new one at each step.",
            the_last_n_times,
        ),
        Misconception(
            "no tanh",
            "you left out the tanh.",
            without_squash,
        ),
        Misconception(
            "the first token only",
            "you read the first token again and again.",
            first_input_only,
        ),
        Misconception(
            "a step short",
            "you stopped one token early.",
            a_step_short,
        ),
        Misconception(
            "transposed",
            "you transposed the result. A row is a state.",
            lambda *given: states_of(*given).T,
        ),
        Misconception(
            "bias at the first step only",
            "you added the bias only at the first step. The weights are the "
            "same at every step.",
            zeros_first,
        ),
    ),
    not_by=("RNN", "rnn_tanh", "RNNCell", "rnn_tanh_cell"),
    hints=(
        "Which state does the second step start from?",
        "A loop over the rows of `X`. It carries one variable, the state, "
        "and collects what comes out of your `rnn_cell`.",
        "h = h0; for each row x of X: h = rnn_cell(x, h, …); append h. Return "
        "the list as an array.",
    ),
    returns=("states",),
    facts=(
        Fact(
            "every number is between −1 and 1",
            lambda h: bool((np.abs(h) <= 1).all()),
        ),
    ),
)
