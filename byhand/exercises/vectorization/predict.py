"""The exercise `vectorization.predict`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from .shared import FOUR_Y, whole


def table(rng, n, d):
    return {"X": readable(rng, n, d), "theta": readable(rng, d)}


def room_for_each_weight(X, theta):
    found = np.zeros(len(theta))
    for i, row in enumerate(X):
        found[i] = np.dot(row, theta)
    return found


EXERCISE = Exercise(
    id="vectorization.predict",
    signature="predict(X, theta)",
    asks=(
        "The predictions of a model with many weights, all at once: for each "
        "row of `X` its dot product with `theta`. `X` is `(n, d)`, one "
        "example a row; `theta` is `(d,)`, one weight for each column. The "
        "result is `(n,)`, one number for each example."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=3,
    reference=np.dot,
    cases=(
        Case("one example, three weights", lambda rng: table(rng, 1, 3)),
        Case("two examples, three weights", lambda rng: table(rng, 2, 3)),
        Case("four examples, two weights", lambda rng: table(rng, 4, 2)),
        Case("three examples, one weight", lambda rng: table(rng, 3, 1)),
        Case("three examples, three weights", lambda rng: table(rng, 3, 3)),
        Case(
            "whole numbers, with fractions as weights",
            lambda rng: {"X": whole(rng, 5, 2), "theta": readable(rng, 2)},
        ),
    ),
    misconceptions=(
        Misconception(
            "element by element",
            "you multiplied entry by entry and left it at that. Add the "
            "products of each row up.",
            lambda X, theta: X * theta,
        ),
        Misconception(
            "a column",
            "you returned a column. One number for each example is one axis, "
            "not two.",
            lambda X, theta: np.dot(X, theta)[:, None],
        ),
        Misconception(
            "a row",
            "you returned a table with one row. One number for each example "
            "is one axis, not two.",
            lambda X, theta: np.dot(X, theta)[None, :],
        ),
        Misconception(
            "mean for sum",
            "you took the mean of each row's products. A dot product adds "
            "them up.",
            lambda X, theta: np.mean(X * theta, axis=1),
        ),
        Misconception(
            "down the columns",
            "you added down the columns. Each example is a row: add along "
            "the rows, the last axis.",
            lambda X, theta: np.sum(X * theta, axis=0),
        ),
        Misconception(
            "the wrong side",
            "you put the weights on the left, where they meet the columns. "
            "Each *row* of X should meet them.",
            lambda X, theta: np.matmul(theta, X),
        ),
        Misconception(
            "X transposed",
            "you transposed X, so that its columns meet the weights. Each "
            "*row* of X should meet them.",
            lambda X, theta: np.matmul(X.T, theta),
        ),
        Misconception(
            "an intercept added",
            "you added the first weight on top. If there is an intercept, X "
            "brings a column of ones for it.",
            lambda X, theta: np.dot(X, theta) + theta[0],
        ),
        Misconception(
            "1 added",
            "you added 1 to each prediction. The ones of an intercept are a "
            "column of X, and have a weight.",
            lambda X, theta: np.dot(X, theta) + 1,
        ),
        Misconception(
            "first column skipped",
            "you took the first column for ones and skipped it. It may hold "
            "anything: multiply it too.",
            lambda X, theta: theta[0] + np.dot(X[:, 1:], theta[1:]),
        ),
        Misconception(
            "a column of ones added",
            "you put a column of ones before X. Then there are more columns "
            "than weights. Take X as it comes.",
            lambda X, theta: np.dot(
                np.column_stack([np.ones(len(X)), X]), theta
            ),
        ),
        Misconception(
            "theta backwards",
            "you paired the first column with the last weight. Column j "
            "belongs to weight j.",
            lambda X, theta: np.dot(X, theta[::-1]),
        ),
        Misconception(
            "largest term only",
            "you kept only the largest product of each row. Add all of them "
            "up.",
            lambda X, theta: np.max(X * theta, axis=1),
        ),
        Misconception(
            "the residuals",
            "you subtracted the y of the lesson's four points. A prediction "
            "comes from X and θ alone.",
            lambda X, theta: np.dot(X, theta) - FOUR_Y,
        ),
        Misconception(
            "one number",
            "you added everything up to one number. Each example has "
            "its own prediction.",
            lambda X, theta: np.sum(X * theta),
        ),
        Misconception(
            "first example only",
            "you returned the prediction for the first row. Is there a "
            "return inside the loop?",
            lambda X, theta: np.dot(X, theta)[0],
        ),
        Misconception(
            "last example only",
            "you returned the prediction for the last row: each replaced the "
            "one before it. Collect them.",
            lambda X, theta: np.dot(X, theta)[-1],
        ),
        Misconception(
            "last weight only",
            "you kept only the last product of each row: each replaced the "
            "one before it. Add them up.",
            lambda X, theta: X[:, -1] * theta[-1],
        ),
        Misconception(
            "first weight only",
            "you used only the first column and its weight. Every column "
            "adds a product.",
            lambda X, theta: X[:, 0] * theta[0],
        ),
        Misconception(
            "sums, not products",
            "you added each number to its weight. Multiply them, then add "
            "the products up.",
            lambda X, theta: np.sum(X + theta, axis=1),
        ),
        Misconception(
            "sum times sum",
            "you added the row and the weights up first and multiplied the "
            "sums. Multiply in pairs, then add up.",
            lambda X, theta: np.sum(X, axis=1) * np.sum(theta),
        ),
        Misconception(
            "never reset",
            "each prediction contains the ones before it. Start every row's "
            "sum at 0.",
            lambda X, theta: np.cumsum(np.dot(X, theta)),
        ),
        Misconception(
            "integer result",
            "you stored the predictions as integers, which cuts off the "
            "decimals. Make them floats.",
            lambda X, theta: np.dot(X, theta).astype(int),
        ),
        Misconception(
            "two weights only",
            "you wrote θ₀ + θ₁x, the model of the lesson. Here every column "
            "has a weight, the first too.",
            lambda X, theta: theta[0] + theta[1] * X[:, 1],
        ),
        Misconception(
            "weights forgotten",
            "you added the rows up without the weights.",
            lambda X, theta: np.sum(X, axis=1),
        ),
        Misconception(
            "last column left out",
            "you left the last column out. `range(d)` already stops before d.",
            lambda X, theta: np.dot(X[:, :-1], theta[:-1]),
        ),
        Misconception(
            "first column left out",
            "you left the first column out. Columns count from 0.",
            lambda X, theta: np.dot(X[:, 1:], theta[1:]),
        ),
        Misconception(
            "last example left out",
            "you left the last example out. `range(n)` already stops before "
            "n.",
            lambda X, theta: np.append(np.dot(X[:-1], theta), 0.0),
        ),
        Misconception(
            "first example only, in a list",
            "you returned after the first row. Put the return behind the "
            "loop.",
            lambda X, theta: np.dot(X[:1], theta),
        ),
        Misconception(
            "room for each weight",
            "you made room for as many predictions as there are weights. "
            "There is one for each row.",
            room_for_each_weight,
        ),
    ),
    hints=(
        "With the row [1, 3] and the weights [0, 0.1], which number should "
        "come out?",
        "A matrix product with a vector takes the dot product of every row "
        "with it.",
        "result[i] = sum over j of X[i][j] × theta[j]. As a matrix product: "
        "X times theta.",
    ),
    returns=("predictions",),
)
