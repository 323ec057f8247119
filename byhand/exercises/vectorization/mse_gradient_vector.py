"""The exercise `vectorization.mse_gradient_vector`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but
from .shared import FOUR_X, FOUR_Y, examples, mean_squared, slopes, whole


def given(rng, n, d):
    drawn = examples(rng, n, d)
    return {"X": drawn["X"], "theta": readable(rng, d), "y": drawn["y"]}


def cancelling(rng):
    """Four examples whose residuals add up to 0 and are not 0."""
    drawn = given(rng, 4, 3)
    p, q = rng.choice([3, 4, 6, 7, 8], 2, replace=False) / 10
    cancels = np.array([p, -p, -q, q])
    drawn["y"] = np.dot(drawn["X"], drawn["theta"]) + cancels
    return drawn


def residuals(X, theta, y):
    return np.dot(X, theta) - y


def contributions(X, theta, y):
    """What each example adds to the gradient: (n, d)."""
    return 2 * residuals(X, theta, y)[:, None] * X


def trapped(X, theta, y):
    """Every prediction minus every y, (n, n)."""
    return np.dot(X, theta)[:, None] - y


EXERCISE = Exercise(
    id="vectorization.mse_gradient_vector",
    signature="mse_gradient_vector(X, theta, y)",
    asks=(
        "How fast does the mean squared error grow with each weight? Return "
        "its gradient $\\frac{2}{n} X^\\top (X\\theta - y)$, one slope for "
        "each weight. `X` is `(n, d)`, `theta` is `(d,)`, `y` is `(n,)`, and "
        "the result is `(d,)`."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=4,
    reference=slopes,
    cases=(
        Case("one example, two weights", lambda rng: given(rng, 1, 2)),
        Case("two examples, three weights", lambda rng: given(rng, 2, 3)),
        Case(
            "the lesson's four points",
            lambda rng: {
                "X": FOUR_X,
                "theta": np.array([0.0, 0.1]),
                "y": FOUR_Y,
            },
        ),
        Case("three examples, three weights", lambda rng: given(rng, 3, 3)),
        Case("four examples whose residuals cancel out", cancelling),
        Case(
            "whole numbers, with a fraction as the only weight",
            lambda rng: {
                "X": whole(rng, 5, 1),
                "theta": readable(rng, 1),
                "y": whole(rng, 5),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "factor 2 forgotten",
            "you returned half of the gradient. The derivative of a square "
            "brings a factor 2 down.",
            but(slopes, loss=lambda r: mean_squared(r) / 2),
        ),
        Misconception(
            "not averaged",
            "you added the contributions up without dividing by the number "
            "of examples.",
            but(slopes, loss=lambda r: mean_squared(r) * len(r)),
        ),
        Misconception(
            "neither 2 nor mean",
            "you forgot the factor 2 over n. The loss is a mean of squares.",
            but(slopes, loss=lambda r: mean_squared(r) * len(r) / 2),
        ),
        Misconception(
            "averaged twice",
            "you divided by the number of examples twice.",
            but(slopes, loss=lambda r: mean_squared(r) / len(r)),
        ),
        Misconception(
            "wrong sign",
            "you flipped the sign. A residual is the prediction minus the "
            "truth.",
            lambda X, theta, y: -slopes(X, theta, y),
        ),
        Misconception(
            "averaged over all entries",
            "you divided by the number of entries of X, n times d. The mean "
            "runs over the n examples.",
            lambda X, theta, y: slopes(X, theta, y) / len(theta),
        ),
        Misconception(
            "absolute residuals",
            "you dropped the signs of the residuals. They say which way each "
            "example pulls.",
            lambda X, theta, y: (
                2 * np.dot(np.abs(residuals(X, theta, y)), X) / len(y)
            ),
        ),
        Misconception(
            "averaged over the weights",
            "you divided by the number of weights. The mean runs over the "
            "examples.",
            lambda X, theta, y: slopes(X, theta, y) * len(y) / len(theta),
        ),
        Misconception(
            "one number, added up",
            "you added the slopes of all weights up. Each weight has its own "
            "slope.",
            lambda X, theta, y: np.sum(slopes(X, theta, y)),
        ),
        Misconception(
            "one number, averaged",
            "you averaged over the weights as well. Average over the "
            "examples only, and keep a slope for each weight.",
            lambda X, theta, y: np.mean(slopes(X, theta, y)),
        ),
        Misconception(
            "mean times mean",
            "you multiplied the mean residual by the mean of each column. "
            "Each residual belongs to its own row: multiply first.",
            lambda X, theta, y: (
                2 * np.mean(residuals(X, theta, y)) * np.mean(X, axis=0)
            ),
        ),
        Misconception(
            "a row per example",
            "you returned what each example contributes. The gradient is the "
            "mean of these rows.",
            contributions,
        ),
        Misconception(
            "a row per example, divided",
            "you divided each example's contribution by n and left them "
            "apart. Add the rows up.",
            lambda X, theta, y: contributions(X, theta, y) / len(y),
        ),
        Misconception(
            "a column per example",
            "you multiplied X transposed and the residuals entry by entry. A "
            "matrix product adds up over the examples.",
            lambda X, theta, y: contributions(X, theta, y).T / len(y),
        ),
        Misconception(
            "averaged along the rows",
            "you averaged each example over its weights. Average down the "
            "columns, over the examples.",
            lambda X, theta, y: np.mean(contributions(X, theta, y), axis=1),
        ),
        Misconception(
            "the (n, 1) trap",
            "your residuals are a table: a column minus a row takes every "
            "pair. Predictions and y should both have shape (n,).",
            lambda X, theta, y: 2 / len(y) * X.T @ trapped(X, theta, y),
        ),
        Misconception(
            "the (n, 1) trap, averaged",
            "your residuals are a table of every prediction minus every y. "
            "Predictions and y should both have shape (n,).",
            lambda X, theta, y: (
                2 * np.mean(X.T @ trapped(X, theta, y), axis=1) / len(y)
            ),
        ),
        Misconception(
            "a column",
            "you returned a column. One slope for each weight is one axis, "
            "not two.",
            lambda X, theta, y: slopes(X, theta, y)[:, None],
        ),
        Misconception(
            "the loss itself",
            "you returned the loss. Return its slope for each weight.",
            lambda X, theta, y: mean_squared(residuals(X, theta, y)),
        ),
        Misconception(
            "X forgotten",
            "you stopped at the residuals. How far a prediction moves with a "
            "weight depends on X.",
            lambda X, theta, y: 2 * np.mean(residuals(X, theta, y)),
        ),
        Misconception(
            "twice the residuals",
            "you returned twice the residuals, one for each example. Bring "
            "them to the weights with X transposed.",
            lambda X, theta, y: 2 * residuals(X, theta, y),
        ),
        Misconception(
            "still squared",
            "your residuals are still squared. The derivative of a square "
            "has the first power.",
            lambda X, theta, y: (
                2 * np.dot(residuals(X, theta, y) ** 2, X) / len(y)
            ),
        ),
        Misconception(
            "X not transposed",
            "you multiplied by X where X transposed belongs. The residuals "
            "have one number for each *row* of X.",
            lambda X, theta, y: (
                2 / len(y) * np.matmul(X, residuals(X, theta, y))
            ),
        ),
        Misconception(
            "y forgotten",
            "you used the predictions instead of the residuals. Subtract y "
            "from them.",
            lambda X, theta, y: slopes(X, theta, 0 * y),
        ),
        Misconception(
            "theta forgotten",
            "this is the gradient where all weights are 0. Use the weights "
            "that you are given.",
            lambda X, theta, y: slopes(X, 0 * theta, y),
        ),
        Misconception(
            "times theta",
            "you multiplied the gradient by θ. The inner derivative of a "
            "prediction by its weight is X, not θ.",
            lambda X, theta, y: theta * slopes(X, theta, y),
        ),
        Misconception(
            "of the absolute error",
            "this is the gradient of the mean *absolute* error: only signs "
            "are left of the residuals. Use their sizes.",
            lambda X, theta, y: (
                np.dot(np.sign(residuals(X, theta, y)), X) / len(y)
            ),
        ),
        Misconception(
            "whole-number division",
            "you wrote `//`, which rounds 2/n down to a whole number. Divide "
            "with `/`.",
            lambda X, theta, y: (
                (2 // len(y)) * np.dot(residuals(X, theta, y), X)
            ),
        ),
        Misconception(
            "divided by 2n",
            "you divided by 2n. The 2 belongs on top: 2/n.",
            lambda X, theta, y: slopes(X, theta, y) / 4,
        ),
        Misconception(
            "the (n, 1) trap, y a column",
            "you made y a column. Predictions minus a column take every pair: "
            "leave y as `(n,)`.",
            lambda X, theta, y: (
                2 / len(y) * X.T @ (np.dot(X, theta) - y[:, None])
            ),
        ),
        Misconception(
            "no axis inserted",
            "you multiplied the residuals along the columns of X. Each "
            "belongs to a *row*: use X transposed, or insert an axis.",
            lambda X, theta, y: np.mean(
                2 * residuals(X, theta, y) * X, axis=0
            ),
        ),
        Misconception(
            "brackets missing",
            "your brackets are missing: y was subtracted last. Subtract it "
            "from the predictions first.",
            lambda X, theta, y: 2 / len(y) * X.T @ X @ theta - y,
        ),
        Misconception(
            "integer result",
            "you stored the slopes as integers, which cuts off the decimals. "
            "Make them floats.",
            lambda X, theta, y: slopes(X, theta, y).astype(int),
        ),
        Misconception(
            "first slope only",
            "you filled in only the first slope. Is there a return inside "
            "the loop?",
            lambda X, theta, y: slopes(X, theta, y) * np.eye(len(theta))[0],
        ),
        Misconception(
            "last example only",
            "you kept only the last example's contribution: each replaced "
            "the one before it. Take the mean of all.",
            lambda X, theta, y: contributions(X, theta, y)[-1],
        ),
        Misconception(
            "first column taken for ones",
            "you took the first column for ones. It may hold anything: "
            "multiply the residuals by it too.",
            lambda X, theta, y: np.append(
                2 * np.mean(residuals(X, theta, y)), slopes(X, theta, y)[1:]
            ),
        ),
        Misconception(
            "divided by n − 1",
            "you divided by n − 1, which is 0 for one example. The mean "
            "divides by n.",
            lambda X, theta, y: (
                2 / (len(y) - 1) * np.dot(residuals(X, theta, y), X)
            ),
        ),
        Misconception(
            "of the root",
            "this is the gradient of the *root* of the mean squared error. "
            "Leave the root out.",
            but(slopes, loss=lambda r: np.sqrt(mean_squared(r))),
        ),
        Misconception(
            "zeros",
            "you returned nothing but zeros. Put the slopes into them.",
            lambda X, theta, y: np.zeros(len(theta)),
        ),
    ),
    hints=(
        "There are n residuals and d weights. Which of your arrays has both "
        "axes, and how must it lie so that the n meet?",
        "First the residuals, `(n,)`. X transposed is `(d, n)`, and its "
        "product with them adds up over the examples.",
        "r = predictions minus y; result = (2 / n) × (X transposed times r).",
    ),
    returns=("gradient",),
)
