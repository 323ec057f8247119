"""The exercise `gradient_descent.sgd_epoch`."""

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .shared import (
    all_from_the_start,
    before_each,
    descend,
    in_batches,
    points_and_rate,
    slope_without_x,
    stochastic,
)


def steps_alone(theta, x, y, lr):
    thetas = stochastic(theta, x, y, lr)
    return [a - b for a, b in zip([theta, *thetas], thetas, strict=False)]


EXERCISE = Exercise(
    id="gradient_descent.sgd_epoch",
    signature="sgd_epoch(theta, x, y, lr) -> list[float]",
    asks=(
        "One epoch of **stochastic** gradient descent: an update after every "
        "single example, in the order of the data, each by the gradient of "
        "that one example's squared error *at the newest* $\\theta$. `theta` "
        "and `lr` are floats, `x` and `y` are arrays of shape `(m,)`. Return "
        "a list of `m` floats: $\\theta$ after every update."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=8,
    reference=stochastic,
    cases=(
        Case("one example", lambda rng: points_and_rate(rng, 1)),
        Case("two examples", lambda rng: points_and_rate(rng, 2)),
        Case("five examples", lambda rng: points_and_rate(rng, 5)),
    ),
    misconceptions=(
        Misconception(
            "gradients at the starting θ",
            "you worked out every gradient at the θ that you started with. "
            "Each example should see θ as the example before left it.",
            lambda theta, x, y, lr: all_from_the_start(
                theta, in_batches(x, y, 1), lr
            ),
        ),
        Misconception(
            "starts again each time",
            "every update starts again from the first θ: the moves are lost. "
            "The new θ has to replace the old one before the next example.",
            lambda theta, x, y, lr: [
                descend(theta, [one], lr)[-1] for one in in_batches(x, y, 1)
            ],
        ),
        Misconception(
            "the last θ only",
            "this is θ at the end of the epoch. Return θ after *every* "
            "update, as a list.",
            lambda theta, x, y, lr: stochastic(theta, x, y, lr)[-1],
        ),
        Misconception(
            "starting θ included",
            "your list begins with the θ you started from. It should hold "
            "only what comes after each update, as many as examples.",
            lambda theta, x, y, lr: [theta, *stochastic(theta, x, y, lr)],
        ),
        Misconception(
            "noted before the update",
            "you noted θ before each update. Your list is one behind: it has "
            "the starting θ, and the last one is missing.",
            lambda theta, x, y, lr: before_each(
                theta, stochastic(theta, x, y, lr)
            ),
        ),
        Misconception(
            "all the data each time",
            "every update used all the data. In stochastic descent it uses "
            "one example.",
            lambda theta, x, y, lr: descend(theta, [(x, y)] * len(x), lr),
        ),
        Misconception(
            "divided by the number of examples",
            "the steps are too short by the number of examples. An update "
            "with one example is a mean over one: nothing to divide by.",
            lambda theta, x, y, lr: stochastic(theta, x, y, lr / len(x)),
        ),
        Misconception(
            "factor 2 forgotten",
            "the steps are half as long as they should be. The derivative of "
            "a square brings a factor 2 down.",
            lambda theta, x, y, lr: stochastic(theta, x, y, lr / 2),
        ),
        Misconception(
            "x forgotten",
            "you stepped against twice the error. The chain rule has another "
            "factor: the example's own x.",
            but(stochastic, slope=slope_without_x),
        ),
        Misconception(
            "uphill",
            "θ moves uphill. Each step goes against the gradient.",
            lambda theta, x, y, lr: stochastic(theta, x, y, -lr),
        ),
        Misconception(
            "learning rate forgotten",
            "you moved by whole gradients. The learning rate says which "
            "fraction of it a step takes.",
            lambda theta, x, y, lr: stochastic(theta, x, y, 1.0),
        ),
        Misconception(
            "last example first",
            "you went through the examples from the last to the first. Keep "
            "the order of the data here.",
            lambda theta, x, y, lr: stochastic(theta, x[::-1], y[::-1], lr),
        ),
        Misconception(
            "steps listed",
            "your list holds the steps. It should hold θ after each of them.",
            steps_alone,
        ),
        Misconception(
            "returned in the loop",
            "you return inside the loop, after the first update. Return "
            "behind the loop, when all examples had their turn.",
            lambda theta, x, y, lr: stochastic(theta, x, y, lr)[:1],
        ),
        Misconception(
            "growing batches",
            "each update used all the examples so far. In stochastic descent "
            "it uses its own example alone.",
            lambda theta, x, y, lr: descend(
                theta, [(x[: i + 1], y[: i + 1]) for i in range(len(x))], lr
            ),
        ),
    ),
    hints=(
        "When the second example's turn comes, which θ does it find?",
        "A loop over the examples: gradient of this one example at the "
        "present θ, one step, note the new θ. A slice of length 1 is a small "
        "data set.",
        "thetas = empty list; for every i: g = 2 × (θ × x_i − y_i) × x_i; θ "
        "= θ minus lr × g; append θ to thetas. Return thetas.",
    ),
    returns=("thetas",),
)
