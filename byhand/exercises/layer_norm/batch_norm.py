"""The exercise `layer_norm.batch_norm`."""

import math

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

down = but(normalise, axis=0)  # each column, over the examples


def running_statistics(x, gamma, beta, eps=1e-5):
    return gamma * x / math.sqrt(1 + eps) + beta


EXERCISE = Exercise(
    id="layer_norm.batch_norm",
    signature="batch_norm(x, gamma, beta, eps=1e-5)",
    asks=(
        "The same formula in the other direction: bring every *feature* to "
        "mean 0 and variance 1, over all examples of the batch. `x` is "
        "`(batch, features)`; mean and variance (divided by the size of the "
        "batch) are those of each column of this very batch. `gamma` and "
        "`beta` are `(features,)`, and the result has the shape of `x`."
    ),
    points=1,
    difficulty=2,
    importance=3,
    minutes=5,
    reference=down,
    cases=(
        Case("one feature, three examples", normalising(0, shape=(3, 1))),
        Case("a large ε", normalising(0, shape=(4, 2), eps=0.1)),
        Case(
            "two examples, three features, γ and β",
            normalising(0, gamma=readable, beta=readable, shape=(2, 3)),
        ),
        Case(
            "features of different sizes",
            normalising(0, x=of_sizes(0, (1, 10, 100), 4, 3)),
        ),
        Case(
            "a feature that is the same for all",
            normalising(
                *(0, lambda rng: np.full((4, 1), 1.0 + rng.integers(5))),
                beta=readable,
            ),
        ),
    ),
    misconceptions=(
        Misconception(
            "over the features",
            "this is layer norm again: mean and variance run along each row. "
            "In batch norm they run down each column, over the examples.",
            normalise,
        ),
        Misconception(
            "over everything at once",
            "one mean and one variance serve the whole table. Each column "
            "has its own.",
            but(normalise, axis=None),
        ),
        Misconception(
            "n − 1",
            "the variance is divided by the size of the batch less 1. To "
            "normalise, it is divided by the size itself. (PyTorch uses the "
            "other one, but only for the running average that it keeps.)",
            but(down, spread=sample_deviation),
        ),
        Misconception(
            "ε outside the root", EPS_OUTSIDE, but(down, spread=eps_outside)
        ),
        Misconception(
            "ε forgotten",
            "ε is missing. Without it, a feature that is the same for all "
            "examples is divided by 0.",
            but(down, spread=no_eps),
        ),
        Misconception(
            "root forgotten",
            "you divided by the variance itself. Divide by its *root*.",
            but(down, spread=variance_for_root),
        ),
        Misconception(
            "mean not taken away",
            "you divided by the right number, but the mean of the column was "
            "not taken away before.",
            but(down, centre=nothing),
        ),
        Misconception(
            "γ after β",
            "you add β before you multiply by γ, so that γ stretches β as "
            "well. First γ, then β.",
            but(down, stretch=beta_first),
        ),
        Misconception(
            "γ and β swapped",
            "you swapped γ and β. γ multiplies and β is added.",
            but(down, stretch=swapped),
        ),
        Misconception(
            "γ and β forgotten",
            "mean 0 and variance 1 are right, but `gamma` and `beta` were "
            "never used.",
            but(down, stretch=unstretched),
        ),
        Misconception(
            "not this batch's statistics",
            "you measured nothing of this batch: you took 0 for the mean and "
            "1 for the variance. A trained network may use averages that it "
            "remembers. Here, use the batch's own.",
            running_statistics,
        ),
    ),
    not_by=("batch_norm",),
    hints=(
        "In a table of 4 examples and 3 features, how many means do you "
        "need: 4 or 3?",
        "Your layer norm with another axis. A mean down the columns has the "
        "shape (features,) and lines up with the rows by itself.",
        "m = mean of x along axis 0; v = variance along axis 0; result = "
        "gamma × (x − m) / root of (v + eps) + beta.",
    ),
    returns=("result",),
)
