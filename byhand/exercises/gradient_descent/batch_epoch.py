"""The exercise `gradient_descent.batch_epoch`."""

from byhand.exercise import Case, Exercise, Misconception

from .shared import descend, in_batches, loss_of, points_and_rate, slope_of

EXERCISE = Exercise(
    id="gradient_descent.batch_epoch",
    signature="batch_epoch(theta, x, y, lr) -> float",
    asks=(
        "One epoch of **batch** gradient descent: a single update, with the "
        "gradient of the mean squared error over all the data. `theta` and "
        "`lr` are floats, `x` and `y` are arrays of shape `(m,)`. Return the "
        "new $\\theta$, one float."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=5,
    reference=lambda theta, x, y, lr: descend(theta, [(x, y)], lr)[-1],
    cases=(
        Case("one example", lambda rng: points_and_rate(rng, 1)),
        Case("two examples", lambda rng: points_and_rate(rng, 2)),
        Case("five examples", lambda rng: points_and_rate(rng, 5)),
    ),
    misconceptions=(
        Misconception(
            "uphill",
            "θ moves uphill: the loss grows. The step goes against the "
            "gradient.",
            lambda theta, x, y, lr: descend(theta, [(x, y)], -lr)[-1],
        ),
        Misconception(
            "learning rate forgotten",
            "you moved by the whole gradient. The learning rate says which "
            "fraction of it a step takes.",
            lambda theta, x, y, lr: descend(theta, [(x, y)], 1.0)[-1],
        ),
        Misconception(
            "an update an example",
            "you updated θ after every example. In batch descent an epoch is "
            "one update, by the gradient over all the data together.",
            lambda theta, x, y, lr: descend(theta, in_batches(x, y, 1), lr)[
                -1
            ],
        ),
        Misconception(
            "as many updates as examples",
            "the gradient is right, but you made one update for each "
            "example. An epoch of batch descent has a single one.",
            lambda theta, x, y, lr: descend(theta, [(x, y)] * len(x), lr)[-1],
        ),
        Misconception(
            "sum for mean",
            "the step is too long by the number of examples: you summed "
            "their gradients where the mean belongs.",
            lambda theta, x, y, lr: descend(theta, [(x, y)], lr * len(x))[-1],
        ),
        Misconception(
            "averaged twice",
            "the step is too short by the number of examples: you divided by "
            "it twice. The gradient is a mean already.",
            lambda theta, x, y, lr: descend(theta, [(x, y)], lr / len(x))[-1],
        ),
        Misconception(
            "factor 2 forgotten",
            "the step is half as long as it should be. The derivative of a "
            "square brings a factor 2 down.",
            lambda theta, x, y, lr: descend(theta, [(x, y)], lr / 2)[-1],
        ),
        Misconception(
            "the step only",
            "this is how far θ moves. Return the new θ: the old one plus "
            "that move.",
            lambda theta, x, y, lr: descend(theta, [(x, y)], lr)[-1] - theta,
        ),
        Misconception(
            "the gradient itself",
            "this is the gradient. Return the θ that the step against it "
            "leads to.",
            lambda theta, x, y, lr: slope_of(theta, x, y),
        ),
        Misconception(
            "the loss itself",
            "this is the loss at the new θ. Return the new θ itself.",
            lambda theta, x, y, lr: loss_of(
                descend(theta, [(x, y)], lr)[-1], x, y
            ),
        ),
        Misconception(
            "loss for gradient",
            "you stepped along the loss itself. Step along its gradient.",
            lambda theta, x, y, lr: theta - lr * loss_of(theta, x, y),
        ),
        Misconception(
            "x and y swapped",
            "you gave the gradient y and x. It takes θ, then x, then y.",
            lambda theta, x, y, lr: descend(theta, [(y, x)], lr)[-1],
        ),
        Misconception(
            "first example only",
            "your update sees one example only. In batch descent it sees "
            "all of them.",
            lambda theta, x, y, lr: descend(theta, [(x[:1], y[:1])], lr)[-1],
        ),
        Misconception(
            "arguments of the step swapped",
            "you gave `gradient_step` the gradient as the place and θ as the "
            "gradient. It takes the place first.",
            lambda theta, x, y, lr: slope_of(theta, x, y) - lr * theta,
        ),
    ),
    hints=(
        "You have written both halves of this already. Which function finds "
        "the slope, and which takes the step?",
        "`mse_gradient` on all the data gives one number. `gradient_step` "
        "wants exactly that number.",
        "g = gradient of the loss at θ over all x and y; result = the step "
        "from θ against g with learning rate lr.",
    ),
    returns=("theta",),
)
