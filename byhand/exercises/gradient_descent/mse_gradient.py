"""The exercise `gradient_descent.mse_gradient`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .shared import (
    errors_cancel,
    halved,
    in_batches,
    loss_of,
    points,
    slope_of,
    slope_without_x,
    summed,
)


def at_the_bottom(rng):
    """Three points that no line through 0 fits, and the best θ for them."""
    given = points(rng, 3)
    x, y = given["x"], given["y"]
    given["theta"] = float(x @ y / (x @ x))
    return given


EXERCISE = Exercise(
    id="gradient_descent.mse_gradient",
    signature="mse_gradient(theta, x, y) -> float",
    asks=(
        "How fast does the mean squared error grow with $\\theta$? Return "
        "its derivative, the mean over all examples of "
        "$2(\\theta x_i - y_i)\\,x_i$. `theta` is a float, `x` and `y` are "
        "arrays of shape `(m,)`, and the result is one float."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=7,
    reference=slope_of,
    cases=(
        Case("one example", lambda rng: points(rng, 1)),
        Case("two examples", lambda rng: points(rng, 2)),
        Case("three examples, at the best θ", at_the_bottom),
        Case("four examples whose errors cancel out", errors_cancel),
        Case("six examples", lambda rng: points(rng, 6)),
    ),
    misconceptions=(
        Misconception(
            "factor 2 forgotten",
            "this is half of the gradient. The derivative of a square brings "
            "a factor 2 down.",
            but(slope_of, loss=halved),
        ),
        Misconception(
            "sum for mean",
            "you added the contributions up without dividing by the number "
            "of examples. The loss is a mean, so its gradient is one too.",
            but(slope_of, loss=summed),
        ),
        Misconception(
            "x forgotten",
            "the chain rule has a second factor. When θ grows by a little, "
            "how much does the prediction for x grow?",
            slope_without_x,
        ),
        Misconception(
            "wrong sign",
            "your sign is flipped. The error is the prediction minus the "
            "truth, not the truth minus the prediction.",
            lambda theta, x, y: -slope_of(theta, x, y),
        ),
        Misconception(
            "times theta",
            "you multiplied the errors by θ. The inner derivative of θ times "
            "x, by θ, is x.",
            lambda theta, x, y: theta * slope_without_x(theta, x, y),
        ),
        Misconception(
            "mean times mean",
            "you multiplied the mean error by the mean x. Each error belongs "
            "to its own x: multiply first, then take the mean.",
            lambda theta, x, y: np.mean(x) * slope_without_x(theta, x, y),
        ),
        Misconception(
            "still squared",
            "the error is still squared. Deriving a square leaves its first "
            "power.",
            lambda theta, x, y: np.mean(2 * x * (theta * x - y) ** 2),
        ),
        Misconception(
            "of the absolute error",
            "this is the gradient of the mean *absolute* error: only the "
            "signs of the errors are left. With squares their sizes count.",
            lambda theta, x, y: np.mean(x * np.sign(theta * x - y)),
        ),
        Misconception(
            "not averaged",
            "these are the contributions of the single examples. The "
            "gradient is their mean, one number.",
            lambda theta, x, y: [
                slope_of(theta, *one) for one in in_batches(x, y, 1)
            ],
        ),
        Misconception(
            "the loss itself",
            "this is the loss, not its derivative.",
            loss_of,
        ),
        Misconception(
            "always by 4",
            "you divided by 4, as in the example. Divide by the number of "
            "examples that you are given.",
            lambda theta, x, y: but(slope_of, loss=summed)(theta, x, y) / 4,
        ),
        Misconception(
            "x squared",
            "you multiplied by x twice. The chain rule brings one factor x.",
            lambda theta, x, y: np.mean(2 * (theta * x - y) * x**2),
        ),
    ),
    hints=(
        "For one example, the loss is the square of (θx − y). What is the "
        "derivative of a square, and what is inside it multiplied with θ?",
        "Each example contributes 2 × its error × its x. Work out all "
        "contributions as one array, then take the mean.",
        "error_i = θ × x_i − y_i; contribution_i = 2 × error_i × x_i; result "
        "= (sum of all contributions) / m.",
    ),
    returns=("gradient",),
)
