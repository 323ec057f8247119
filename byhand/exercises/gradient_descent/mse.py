"""The exercise `gradient_descent.mse`."""

import math

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import errors_cancel, halved, loss_of, points, summed


def perfect_fit(rng):
    given = points(rng, 3)
    given["y"] = given["theta"] * given["x"]
    return given


EXERCISE = Exercise(
    id="gradient_descent.mse",
    signature="mse(theta, x, y) -> float",
    asks=(
        "How badly does the line $\\hat y = \\theta x$ fit? Return the "
        "**mean squared error**: for every example the prediction minus the "
        "truth, squared, then the mean over all of them. `theta` is a float, "
        "`x` and `y` are arrays of shape `(m,)`, and the result is one float."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=loss_of,
    cases=(
        Case("one example", lambda rng: points(rng, 1)),
        Case("two examples", lambda rng: points(rng, 2)),
        Case("three examples, a perfect fit", perfect_fit),
        Case("four examples whose errors cancel out", errors_cancel),
        Case("six examples", lambda rng: points(rng, 6)),
    ),
    misconceptions=(
        Misconception(
            "sum for mean",
            "this is the sum of the squared errors. A mean also divides by "
            "the number of examples, so that more data is not more loss.",
            but(loss_of, loss=summed),
        ),
        Misconception(
            "root",
            "this is the root of the mean squared error. Here it stays "
            "squared.",
            lambda theta, x, y: math.sqrt(loss_of(theta, x, y)),
        ),
        Misconception(
            "half",
            "this is half of the mean squared error. Some books put a ½ in "
            "front to cancel a 2 later. This course does not.",
            but(loss_of, loss=halved),
        ),
        Misconception(
            "absolute errors",
            "you averaged the sizes of the errors. Square them instead, so "
            "that large errors weigh more.",
            lambda theta, x, y: np.mean(np.abs(theta * x - y)),
        ),
        Misconception(
            "not squared",
            "errors above and below cancel out here: the square is missing.",
            lambda theta, x, y: np.mean(theta * x - y),
        ),
        Misconception(
            "mean first, then squared",
            "you took the mean of the errors and squared that. Errors of "
            "opposite sign then cancel. Square each of them first.",
            lambda theta, x, y: np.mean(theta * x - y) ** 2,
        ),
        Misconception(
            "x forgotten",
            "your prediction is θ itself, the same for every example. It "
            "should be θ times x.",
            lambda theta, x, y: loss_of(theta, np.ones_like(x), y),
        ),
        Misconception(
            "theta forgotten",
            "you compared x itself with y. The prediction is θ times x.",
            lambda theta, x, y: loss_of(1.0, x, y),
        ),
        Misconception(
            "theta added",
            "your prediction is θ plus x. It should be θ times x.",
            lambda theta, x, y: loss_of(1.0, theta + x, y),
        ),
        Misconception(
            "one too few",
            "you divided by one less than the number of examples. That is for "
            "the variance of a sample. A mean divides by all of them.",
            lambda theta, x, y: np.sum((theta * x - y) ** 2) / (len(x) - 1),
        ),
        Misconception(
            "always by 4",
            "you divided by 4, as in the example. Divide by the number of "
            "examples that you are given.",
            lambda theta, x, y: but(loss_of, loss=summed)(theta, x, y) / 4,
        ),
        Misconception(
            "returned in the loop",
            "only the first example counts: you return inside the loop. "
            "Return behind the loop, when all squares are added up.",
            lambda theta, x, y: (theta * x[0] - y[0]) ** 2 / len(x),
        ),
        Misconception(
            "theta times the difference",
            "you multiplied θ with the difference of x and y. θ multiplies x "
            "alone: the prediction comes first, then the difference.",
            lambda theta, x, y: loss_of(theta, x - y, np.zeros_like(y)),
        ),
    ),
    hints=(
        "With θ = 2, x = [1, 3] and y = [1, 7]: what are the two predictions, "
        "the two errors, and their squares?",
        "Arrays of one length can be subtracted and squared as they are, "
        "without a loop. NumPy has a function for the mean.",
        "error_i = θ × x_i − y_i for every i; result = (sum of all "
        "error_i²) / m.",
    ),
    returns=("loss",),
    facts=(Fact("the loss is at least 0", lambda loss: bool(loss >= 0)),),
)
