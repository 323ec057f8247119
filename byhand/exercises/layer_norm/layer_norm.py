"""The exercise `layer_norm.layer_norm`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but
from .shared import (
    EPS_OUTSIDE,
    beta_first,
    eps_outside,
    no_eps,
    normalise,
    normalising,
    nothing,
    of_sizes,
    sample_deviation,
    swapped,
    unstretched,
    variance_for_root,
)


def root_mean_square(x, axis, eps):
    return np.sqrt(np.mean(x**2, axis, keepdims=True) + eps)


EXERCISE = Exercise(
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
    reference=normalise,
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
            "ε outside the root",
            EPS_OUTSIDE,
            but(normalise, spread=eps_outside),
        ),
        Misconception(
            "n − 1",
            "you divided the variance by d − 1, as for a sample in "
            "statistics. Divide by d: it is the plain mean of the squared "
            "distances. With yours, the 1 of [1, 0, 0, 0] becomes 1.5, where "
            "it should be 1.7320.",
            but(normalise, spread=sample_deviation),
        ),
        Misconception(
            "over the first axis",
            "you normalise along the *first* axis: each feature over all "
            "tokens, which is batch norm. Layer norm stays inside one token, "
            "along the last axis.",
            but(normalise, axis=0),
        ),
        Misconception(
            "over everything at once",
            "one mean and one variance serve the whole array, so that a "
            "large token flattens the small ones. Every token has its own, "
            "along the last axis.",
            but(normalise, axis=None),
        ),
        Misconception(
            "over the tokens of each table",
            "you normalise each feature over the tokens of its table, the "
            "last axis but one. It should be the last.",
            lambda x, *given: normalise(
                x, *given, axis=-2 if np.ndim(x) > 1 else -1
            ),
        ),
        Misconception(
            "γ after β",
            "you add β before you multiply by γ, so that γ stretches β as "
            "well. First γ, then β.",
            but(normalise, stretch=beta_first),
        ),
        Misconception(
            "γ and β swapped",
            "you swapped γ and β. γ multiplies and β is added.",
            but(normalise, stretch=swapped),
        ),
        Misconception(
            "γ and β forgotten",
            "the mean is 0 and the variance 1, but `gamma` and `beta` were "
            "never used.",
            but(normalise, stretch=unstretched),
        ),
        Misconception(
            "β forgotten",
            "`beta` was never added.",
            but(normalise, stretch=lambda z, gamma, beta: gamma * z),
        ),
        Misconception(
            "ε forgotten",
            "ε is missing. Without it, a token of equal numbers is divided "
            "by 0.",
            but(normalise, spread=no_eps),
        ),
        Misconception(
            "ε always the same",
            "your ε is always 0.00001, whatever `eps` says.",
            lambda x, gamma, beta, eps=1e-5: normalise(x, gamma, beta),
        ),
        Misconception(
            "root forgotten",
            "you divided by the variance itself. Divide by its *root*.",
            but(normalise, spread=variance_for_root),
        ),
        Misconception(
            "mean not taken away",
            "you divided by the right number, but the mean of the token was "
            "not taken away before.",
            but(normalise, centre=nothing),
        ),
        Misconception(
            "root mean square",
            "you divided by the root of the mean square, without taking the "
            "mean away. That is another good layer, RMS norm, but not this "
            "one.",
            but(normalise, centre=nothing, spread=root_mean_square),
        ),
        Misconception(
            "mean only",
            "you subtracted the mean. The division by the spread is missing.",
            but(normalise, spread=lambda x, axis, eps: 1.0),
        ),
        Misconception(
            "mean without its axis",
            "each token's mean lost its axis and no longer lines up with the "
            "tokens. `keepdims=True` leaves an axis of length 1 in its place.",
            but(normalise, centre=np.mean),  # without its keepdims
        ),
        Misconception(
            "γ forgotten",
            "`gamma` was never used.",
            lambda x, gamma, beta, eps=1e-5: normalise(
                x, np.ones_like(gamma), beta, eps
            ),
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
