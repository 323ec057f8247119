"""The exercise `vectorization.descend`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .shared import FOUR_X, FOUR_Y, examples, mean_squared, slopes, whole


def task(rng, n, d, steps):
    rate = float(rng.choice([0.04, 0.06, 0.07, 0.08]))
    return {**examples(rng, n, d), "lr": rate, "steps": steps}


def whole_numbers(rng):
    rate = float(rng.choice([0.002, 0.003, 0.004]))
    return {"X": whole(rng, 5, 2), "y": whole(rng, 5), "lr": rate, "steps": 4}


def in_the_eigenbasis(X, y, lr, steps):
    """Each eigenvector of 2/n XᵀX has a descent of its own.

    Along one with eigenvalue λ a step multiplies the distance by 1 − lr·λ,
    so the steps from 0 are a geometric series.
    """
    values, vectors = np.linalg.eigh(2 / len(y) * np.dot(X.T, X))
    pull = vectors.T @ np.dot(X.T, y) * 2 / len(y)
    powers = (1 - lr * values[:, None]) ** np.arange(steps)
    return vectors @ (lr * pull * powers.sum(axis=1))


def batch(X, theta, y, step):
    return slopes(X, theta, y)


def walk(X, y, lr, steps, *, first=0.0, slope=batch):
    """θ before each step and after the last, (steps + 1, d)."""
    path = [np.full(X.shape[1], first)]
    for turn in range(steps):
        path.append(path[-1] - lr * slope(X, path[-1], y, turn))
    return np.array(path)


def end_of_walk(X, y, lr, steps, **seams):
    return walk(X, y, lr, steps, **seams)[-1]


def one_example(X, theta, y, step):
    """The gradient of a single example, one after another."""
    i = step % len(y)
    return slopes(X[i : i + 1], theta, y[i : i + 1])


def first_gradient(X, theta, y, step):
    return slopes(X, np.zeros(X.shape[1]), y)


def steps_alone(X, y, lr, steps):
    weights = np.zeros(X.shape[1])
    for _turn in range(steps):
        weights = -lr * slopes(X, weights, y)
    return weights


def integer_zeros(X, y, lr, steps):
    weights = np.zeros(X.shape[1], dtype=int)
    if steps:
        weights -= lr * slopes(X, weights, y)  # which raises
    return weights


def cut_off(X, y, lr, steps, *, zeros=np.zeros_like):
    """The weights live in the array that they began in."""
    weights = zeros(X[0])
    for _turn in range(steps):
        weights[:] = weights - lr * slopes(X, weights, y)
    return weights


def rate_times_both(X, y, lr, steps):
    weights = np.zeros(X.shape[1])
    for _turn in range(steps):
        weights = lr * (weights - slopes(X, weights, y))
    return weights


def lowest_loss(X, y, lr, steps):
    return min(
        walk(X, y, lr, steps), key=lambda theta: mean_squared(X @ theta - y)
    )


def a_table_of_weights(X, y, lr, steps):
    theta = np.zeros(X.shape)
    return X @ theta if steps else theta  # which raises: d is not n


def a_weight_for_each_example(X, y, lr, steps):
    theta = np.zeros(len(y))
    return X @ theta if steps else theta  # which raises: d is not n


def a_pass_of_single_examples(X, y, lr, steps):
    return end_of_walk(X, y, lr, steps * len(y), slope=one_example)


def one_after_another(X, y, lr, steps):
    """Each weight's slope already sees the new value of the weight before."""
    weights = 0.0 * X[0]
    for turn in range(steps * len(weights)):
        j = turn % len(weights)
        weights[j] -= lr * slopes(X, weights, y)[j]
    return weights


EXERCISE = Exercise(
    id="vectorization.descend",
    signature="descend(X, y, lr, steps)",
    asks=(
        "Batch gradient descent with many weights. Start at zeros and make "
        "`steps` updates of all weights at once, each with the gradient of "
        "the mean squared error over all the data. `X` is `(n, d)`, `y` is "
        "`(n,)`, `lr` is the learning rate, and `steps` is an integer, 0 or "
        "more. Return the weights after the last update, `(d,)`; after 0 "
        "steps they are zeros."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=4,
    reference=in_the_eigenbasis,
    cases=(
        Case("no step", lambda rng: task(rng, 3, 2, 0)),
        Case("one step", lambda rng: task(rng, 4, 2, 1)),
        Case("two steps", lambda rng: task(rng, 4, 3, 2)),
        Case("more weights than examples", lambda rng: task(rng, 2, 3, 3)),
        Case("whole numbers", whole_numbers),
        Case(
            "the lesson's four points, 100 steps",
            lambda rng: {"X": FOUR_X, "y": FOUR_Y, "lr": 0.1, "steps": 100},
        ),
        Case(
            "the lesson's four points, a rate that explodes",
            lambda rng: {"X": FOUR_X, "y": FOUR_Y, "lr": 0.2, "steps": 3},
        ),
    ),
    misconceptions=(
        Misconception(
            "one step too few",
            "you made one step too few.",
            lambda X, y, lr, steps: end_of_walk(X, y, lr, max(steps - 1, 0)),
        ),
        Misconception(
            "one step too many",
            "you made one step too many.",
            lambda X, y, lr, steps: end_of_walk(X, y, lr, steps + 1),
        ),
        Misconception(
            "one step only",
            "you made a single step, whatever `steps` says. Is there a "
            "return inside the loop?",
            lambda X, y, lr, steps: end_of_walk(X, y, lr, min(steps, 1)),
        ),
        Misconception(
            "never moves",
            "your weights never move. Each update has to replace the weights "
            "that the next step starts from.",
            lambda X, y, lr, steps: 0.0 * X[0],
        ),
        Misconception(
            "old weights dropped",
            "you replaced the weights by the step alone. The new weights are "
            "the old ones plus the step.",
            steps_alone,
        ),
        Misconception(
            "a single zero",
            "you started with a single 0. Start with a zero for each column "
            "of X.",
            lambda X, y, lr, steps: X @ np.array(0.0) if steps else 0.0,
        ),
        Misconception(
            "integer zeros",
            "you started with zeros that are integers, and those cannot hold "
            "fractions. Make them floats.",
            integer_zeros,
        ),
        Misconception(
            "divided by the steps",
            "you divided the learning rate by the number of steps. Each step "
            "takes the whole rate.",
            lambda X, y, lr, steps: end_of_walk(
                X, y, lr / max(steps, 1), steps
            ),
        ),
        Misconception(
            "starts at ones",
            "you started with ones. Start with zeros.",
            but(end_of_walk, first=1.0),
        ),
        Misconception(
            "starts at 0.1",
            "you started with 0.1, as the last lesson did. Start with zeros.",
            but(end_of_walk, first=0.1),
        ),
        Misconception(
            "uphill",
            "you went uphill: subtract the gradient.",
            lambda X, y, lr, steps: end_of_walk(X, y, -lr, steps),
        ),
        Misconception(
            "one weight after another",
            "you updated the weights one after another, so that later slopes "
            "saw new values. Work out the whole gradient first.",
            one_after_another,
        ),
        Misconception(
            "one example a step",
            "you used a single example in each step. A batch step uses all "
            "of them.",
            but(end_of_walk, slope=one_example),
        ),
        Misconception(
            "stochastic epochs",
            "you updated after every example, for as many epochs as there "
            "are steps. A batch step uses all examples together.",
            a_pass_of_single_examples,
        ),
        Misconception(
            "half the rate",
            "your steps are half as long as they should be. The derivative of "
            "a square brings a factor 2 down.",
            lambda X, y, lr, steps: end_of_walk(X, y, lr / 2, steps),
        ),
        Misconception(
            "not averaged",
            "your steps are too long by the number of examples. The gradient "
            "is a mean over them.",
            lambda X, y, lr, steps: end_of_walk(X, y, lr * len(y), steps),
        ),
        Misconception(
            "averaged twice",
            "your steps are too short by the number of examples. The gradient "
            "is a mean already.",
            lambda X, y, lr, steps: end_of_walk(X, y, lr / len(y), steps),
        ),
        Misconception(
            "learning rate forgotten",
            "you moved by the whole gradient. Multiply it by the learning "
            "rate.",
            lambda X, y, lr, steps: end_of_walk(X, y, 1.0, steps),
        ),
        Misconception(
            "the best weights",
            "you returned the weights of the lowest loss. Return those that "
            "so many steps lead to.",
            lambda X, y, lr, steps: np.linalg.pinv(X) @ y,
        ),
        Misconception(
            "the whole path",
            "you returned the weights after every step. Return the last ones "
            "only.",
            lambda X, y, lr, steps: walk(X, y, lr, steps)[1:],
        ),
        Misconception(
            "the whole path, with the start",
            "you returned the zeros and the weights after every step. Return "
            "the last ones only.",
            walk,
        ),
        Misconception(
            "the first gradient each time",
            "you worked out the gradient once, at the start. It changes with "
            "the weights: work it out before every step.",
            but(end_of_walk, slope=first_gradient),
        ),
        Misconception(
            "the loss",
            "you returned the loss at the end. Return the weights.",
            lambda X, y, lr, steps: mean_squared(
                X @ end_of_walk(X, y, lr, steps) - y
            ),
        ),
        Misconception(
            "the predictions",
            "you returned the predictions at the end, one for each example. "
            "Return the weights.",
            lambda X, y, lr, steps: X @ end_of_walk(X, y, lr, steps),
        ),
        Misconception(
            "a column",
            "you returned a column. The weights have one axis, not two.",
            lambda X, y, lr, steps: end_of_walk(X, y, lr, steps)[:, None],
        ),
        Misconception(
            "a column of ones added",
            "you put a column of ones before X, and so found a weight too "
            "many. Take X as it comes.",
            lambda X, y, lr, steps: end_of_walk(
                np.column_stack([np.ones(len(X)), X]), y, lr, steps
            ),
        ),
        Misconception(
            "a weight for each example",
            "you started with as many weights as there are examples. There "
            "is one for each column of X.",
            a_weight_for_each_example,
        ),
        Misconception(
            "the last gradient",
            "you returned the gradient at the end. Return the weights.",
            lambda X, y, lr, steps: slopes(X, end_of_walk(X, y, lr, steps), y),
        ),
        Misconception(
            "the lowest loss so far",
            "you returned the weights with the lowest loss so far. Return "
            "the last ones, even where the loss grew.",
            lowest_loss,
        ),
        Misconception(
            "one weight returned",
            "you returned only the last weight. Return all of them.",
            lambda X, y, lr, steps: end_of_walk(X, y, lr, steps)[-1],
        ),
        Misconception(
            "integers, cut off",
            "you stored the weights in an array of integers, which cuts off "
            "the decimals. Make it an array of floats.",
            but(cut_off, zeros=lambda row: np.zeros(len(row), dtype=int)),
        ),
        Misconception(
            "the dtype of X",
            "your weights have the dtype of X. Where X holds integers, that "
            "cuts off the decimals: start with floats.",
            cut_off,
        ),
        Misconception(
            "rate times both",
            "you multiplied the old weights by the learning rate as well. It "
            "belongs to the gradient only.",
            rate_times_both,
        ),
        Misconception(
            "a list of the path",
            "you returned a list with the weights after every step. Return "
            "the last ones only.",
            lambda X, y, lr, steps: list(walk(X, y, lr, steps)[1:]),
        ),
        Misconception(
            "a table of weights",
            "you started with a table of zeros in the shape of X. There is "
            "one weight for each column.",
            a_table_of_weights,
        ),
    ),
    hints=(
        "Which of your functions gives all slopes at once, and what is the "
        "one line that makes a step of them?",
        "Zeros as many as X has columns, then a loop: the gradient at the "
        "present weights, and a step against it.",
        "theta = d zeros; repeat steps times: theta = theta − lr × "
        "mse_gradient_vector(X, theta, y). Return theta.",
    ),
    returns=("theta",),
)
