"""Lesson 01: a step, a loss, its gradient, and three ways through the data.

The losses and gradients come from PyTorch's loss function and its automatic
differentiation, a single step from exact fractions.
"""

import math
from fractions import Fraction

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception, readable

LESSON = "01_gradient_descent"


def tensor(values):
    import torch  # takes seconds, and only the later exercises need it

    # NumPy's copy also takes lists, and views that run backwards.
    return torch.from_numpy(np.array(values, dtype=float))


def mean_squared(prediction, y):
    import torch

    return torch.nn.functional.mse_loss(prediction, y)


# The losses of the misconceptions; each takes the prediction and y, tensors.
def summed(prediction, y):
    return mean_squared(prediction, y) * y.numel()


def halved(prediction, y):
    return mean_squared(prediction, y) / 2


def loss_of(theta, x, y, loss=mean_squared):
    return loss(tensor(theta) * tensor(x), tensor(y)).item()


def slope_of(theta, x, y, loss=mean_squared):
    """The derivative of the loss at θ, by automatic differentiation."""
    weight = tensor(theta).requires_grad_()
    loss(weight * tensor(x), tensor(y)).backward()
    return weight.grad.item()


def slope_without_x(theta, x, y):
    """The chain rule stopped too early: by the prediction, not by θ."""
    return 2 * float(np.mean(theta * x - y))


def descend(theta, batches, lr, slope=slope_of):
    """θ after the update by each (x, y) of `batches`, a list."""
    import torch

    weight = tensor(theta)
    thetas = []
    for x, y in batches:
        # What torch.optim.SGD does, without its two seconds of start-up.
        step = tensor(slope(weight.item(), x, y))
        weight = torch.add(weight, step, alpha=-lr)
        thetas.append(weight.item())
    return thetas


def in_batches(x, y, batch_size):
    """Lists of x and y, `batch_size` at a time; the last may be shorter."""
    parts = (tensor(a).split(int(batch_size)) for a in (x, y))
    return [(a.numpy(), b.numpy()) for a, b in zip(*parts, strict=True)]


def rounded_up(m, batch_size):
    return -(-m // batch_size)


def all_from_the_start(theta, batches, lr):
    """Every gradient taken at the first θ, and the steps added up."""
    steps = [lr * slope_of(theta, x, y) for x, y in batches]
    return theta - np.cumsum(steps)


def before_each(theta, thetas):
    """θ before each update, from θ after each."""
    return [theta, *thetas[:-1]]


# --- inputs ----------------------------------------------------------------


def rate(rng):
    """A learning rate in hundredths, from 0.02 to 0.09."""
    return float(rng.integers(2, 10)) / 100


def points(rng, m):
    """θ and m points: no two x alike, and no x of 1, which hides itself."""
    sizes = rng.choice([5, 6, 7, 8, 9, 12, 14, 15, 17, 18], m, replace=False)
    return {
        "theta": float(readable(rng)),
        "x": sizes * rng.choice([-1, 1], size=m) / 10,
        "y": readable(rng, m),
    }


def points_and_rate(rng, m):
    return {**points(rng, m), "lr": rate(rng)}


def points_and_batches(rng, m, batch_size):
    return {**points_and_rate(rng, m), "batch_size": batch_size}


def errors_cancel(rng):
    """Four points whose errors add up to 0 and are not 0."""
    given = points(rng, 4)
    a, b = rng.choice([3, 4, 6, 7, 8], 2, replace=False) / 10
    given["y"] = given["theta"] * given["x"] + [a, -a, -b, b]
    return given


def perfect_fit(rng):
    given = points(rng, 3)
    given["y"] = given["theta"] * given["x"]
    return given


def at_the_bottom(rng):
    """Three points that no line through 0 fits, and the best θ for them."""
    given = points(rng, 3)
    x, y = given["x"], given["y"]
    given["theta"] = float(x @ y / (x @ x))
    return given


# --- gradient_step ---------------------------------------------------------


def stand(rng, sign):
    """A point, and a gradient of that sign that is neither 2x nor ±1."""
    sizes = [0.3, 0.4, 0.6, 0.7, 1.2, 1.3, 1.6, 1.7]
    grad = sign * float(rng.choice(sizes))
    x = float(readable(rng))
    while abs(2 * x - grad) < 0.05:
        x = float(readable(rng))
    return {"x": x, "grad": grad, "lr": rate(rng)}


def exact_step(x, grad, lr):
    x, grad, lr = (Fraction(float(number)) for number in (x, grad, lr))
    return float(x - grad * lr)


gradient_step = Exercise(
    id="gradient_descent.gradient_step",
    signature="gradient_step(x, grad, lr) -> float",
    asks=(
        "One step downhill. You stand at `x`, the gradient there is `grad`, "
        "and the learning rate is `lr`; all three are floats. Return the new "
        "`x`, one float: the old one, moved *against* the gradient by the "
        "learning rate times the gradient."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=3,
    reference=exact_step,
    cases=(
        Case(
            "flat ground",
            lambda rng: {**stand(rng, 1), "grad": 0.0},
        ),
        Case("the ground rises to the right", lambda rng: stand(rng, 1)),
        Case("the ground falls to the right", lambda rng: stand(rng, -1)),
    ),
    misconceptions=(
        Misconception(
            "uphill",
            "this step goes uphill. The gradient points to where the "
            "function grows, and you want to go the other way.",
            lambda x, grad, lr: exact_step(x, -grad, lr),
        ),
        Misconception(
            "learning rate forgotten",
            "you moved by the whole gradient. The learning rate says which "
            "fraction of it a step takes.",
            lambda x, grad, lr: x - grad,
        ),
        Misconception(
            "the step only",
            "this is only how far to move. What is asked for is the place "
            "where you are after the move.",
            lambda x, grad, lr: exact_step(0, grad, lr),
        ),
        Misconception(
            "gradient forgotten",
            "you always move left, by the learning rate. How far and which "
            "way to go depends on the gradient.",
            lambda x, grad, lr: x - lr,
        ),
        Misconception(
            "sign only",
            "every step has the same length here: you used only the sign of "
            "the gradient. A steep place should give a longer step.",
            lambda x, grad, lr: exact_step(x, np.sign(grad), lr),
        ),
        Misconception(
            "always the parabola",
            "you used 2x, the slope of x². The function may be another one: "
            "its slope is what you are given as `grad`.",
            lambda x, grad, lr: exact_step(x, 2 * x, lr),
        ),
        Misconception(
            "divided by the learning rate",
            "a smaller learning rate makes your steps larger: you divided by "
            "it where it should multiply.",
            lambda x, grad, lr: x - grad / lr,
        ),
        Misconception(
            "x shrunk too",
            "the learning rate multiplies only the gradient. You scaled the "
            "place where you stand as well.",
            lambda x, grad, lr: exact_step(lr * x, grad, lr),
        ),
    ),
    hints=(
        "Where the ground rises to the right, the gradient is positive. "
        "Should x become larger or smaller?",
        "The learning rate times the gradient is how far to go. Take it away "
        "from where you stand.",
        "step = learning rate × gradient; result = old x minus step.",
    ),
    returns=("x_new",),
)


# --- mse -------------------------------------------------------------------

mse = Exercise(
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
            lambda theta, x, y: loss_of(theta, x, y, summed),
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
            "front to cancel a 2 later; this course does not.",
            lambda theta, x, y: loss_of(theta, x, y, halved),
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
            "opposite sign then cancel; square each of them first.",
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
            "you divided by one less than the number of examples. That is "
            "for the variance of a sample; a mean divides by all of them.",
            lambda theta, x, y: np.sum((theta * x - y) ** 2) / (len(x) - 1),
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


# --- mse_gradient ----------------------------------------------------------

mse_gradient = Exercise(
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
            lambda theta, x, y: slope_of(theta, x, y, halved),
        ),
        Misconception(
            "sum for mean",
            "you added the contributions up without dividing by the number "
            "of examples. The loss is a mean, so its gradient is one too.",
            lambda theta, x, y: slope_of(theta, x, y, summed),
        ),
        Misconception(
            "x forgotten",
            "the chain rule has a second factor. When θ grows by a little, "
            "how much does the prediction for x grow?",
            slope_without_x,
        ),
        Misconception(
            "wrong sign",
            "the sign is turned round: the error is the prediction minus the "
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


# --- batch_epoch -----------------------------------------------------------

batch_epoch = Exercise(
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
            "this is the loss at the new θ. What is asked for is the new θ.",
            lambda theta, x, y, lr: loss_of(
                descend(theta, [(x, y)], lr)[-1], x, y
            ),
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


# --- sgd_epoch -------------------------------------------------------------


def stochastic(theta, x, y, lr, slope=slope_of):
    return descend(theta, in_batches(x, y, 1), lr, slope)


sgd_epoch = Exercise(
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
            lambda theta, x, y, lr: stochastic(
                theta, x, y, lr, slope_without_x
            ),
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


# --- minibatch_epoch -------------------------------------------------------


def minibatch(theta, x, y, lr, batch_size):
    return descend(theta, in_batches(x, y, batch_size), lr)


def in_parts(theta, x, y, lr, parts):
    """Mini-batches as equal as can be, in that number."""
    cut = (np.array_split(a, min(parts, len(x))) for a in (x, y))
    return descend(theta, list(zip(*cut, strict=True)), lr)


def without_the_rest(theta, x, y, lr, batch_size):
    full = len(x) - len(x) % batch_size
    if not full:
        return []
    return minibatch(theta, x[:full], y[:full], lr, batch_size)


def rest_over_batch_size(theta, x, y, lr, batch_size):
    def slope(theta, x, y):
        return slope_of(theta, x, y) * len(x) / batch_size

    return descend(theta, in_batches(x, y, batch_size), lr, slope)


def summed_batches(theta, x, y, lr, batch_size):
    def slope(theta, x, y):
        return slope_of(theta, x, y, summed)

    return descend(theta, in_batches(x, y, batch_size), lr, slope)


def overlapping(theta, x, y, lr, batch_size):
    starts = range(len(x) - batch_size + 1)
    windows = [slice(start, start + batch_size) for start in starts]
    return descend(theta, [(x[w], y[w]) for w in windows], lr)


minibatch_epoch = Exercise(
    id="gradient_descent.minibatch_epoch",
    signature="minibatch_epoch(theta, x, y, lr, batch_size) -> list[float]",
    asks=(
        "One epoch of **mini-batch** gradient descent: cut the data, in "
        "order, into batches of `batch_size` and make an update after each. "
        "The last batch may be shorter: it holds what is left, and its "
        "gradient is the mean over its *own* length. `theta` and `lr` are "
        "floats, `x` and `y` are arrays of shape `(m,)`, `batch_size` is a "
        "positive integer. Return a list of floats: $\\theta$ after every "
        "update."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=minibatch,
    cases=(
        Case(
            "two examples in one batch", lambda r: points_and_batches(r, 2, 2)
        ),
        Case(
            "three examples, and room for five in a batch",
            lambda rng: points_and_batches(rng, 3, 5),
        ),
        Case(
            "four examples, two at a time",
            lambda r: points_and_batches(r, 4, 2),
        ),
        Case(
            "five examples, two at a time: one is left over",
            lambda rng: points_and_batches(rng, 5, 2),
        ),
        Case(
            "seven examples, three at a time: one is left over",
            lambda rng: points_and_batches(rng, 7, 3),
        ),
    ),
    misconceptions=(
        Misconception(
            "last batch dropped",
            "the examples that do not fill a whole batch are never used. "
            "They make a last, shorter batch.",
            without_the_rest,
        ),
        Misconception(
            "last batch over batch_size",
            "you divided the last batch by `batch_size`, though it has fewer "
            "examples. A mean divides by how many there are.",
            rest_over_batch_size,
        ),
        Misconception(
            "number of batches",
            "you cut the data into `batch_size` batches. It says how many "
            "examples are in a batch, not how many batches there are.",
            in_parts,
        ),
        Misconception(
            "batches made even",
            "you made all batches about the same size. Fill each with "
            "`batch_size` examples, and leave the rest for the last.",
            lambda theta, x, y, lr, batch_size: in_parts(
                theta, x, y, lr, rounded_up(len(x), batch_size)
            ),
        ),
        Misconception(
            "overlapping batches",
            "each batch starts only one example after the last, so that they "
            "overlap. It should start where the last one ended.",
            overlapping,
        ),
        Misconception(
            "one example at a time",
            "you updated θ after every example. An update belongs to a whole "
            "batch.",
            lambda theta, x, y, lr, batch_size: stochastic(theta, x, y, lr),
        ),
        Misconception(
            "all the data each time",
            "the number of updates is right, but each used all the data. It "
            "should use only its own batch.",
            lambda theta, x, y, lr, batch_size: descend(
                theta, [(x, y)] * rounded_up(len(x), batch_size), lr
            ),
        ),
        Misconception(
            "sum for mean",
            "you summed the gradients in each batch. Take their mean, so "
            "that a larger batch does not make a longer step.",
            summed_batches,
        ),
        Misconception(
            "gradients at the starting θ",
            "you worked out every gradient at the θ that you started with. "
            "Each batch should see θ as the batch before left it.",
            lambda theta, x, y, lr, batch_size: all_from_the_start(
                theta, in_batches(x, y, batch_size), lr
            ),
        ),
        Misconception(
            "the last θ only",
            "this is θ at the end of the epoch. Return θ after *every* "
            "update, as a list.",
            lambda theta, x, y, lr, batch_size: minibatch(
                theta, x, y, lr, batch_size
            )[-1],
        ),
        Misconception(
            "starting θ included",
            "your list begins with the θ you started from. It should hold "
            "only what comes after each update, as many as batches.",
            lambda theta, x, y, lr, batch_size: [
                theta,
                *minibatch(theta, x, y, lr, batch_size),
            ],
        ),
        Misconception(
            "noted before the update",
            "you noted θ before each update. Your list is one behind: it has "
            "the starting θ, and the last one is missing.",
            lambda theta, x, y, lr, batch_size: before_each(
                theta, minibatch(theta, x, y, lr, batch_size)
            ),
        ),
        Misconception(
            "uphill",
            "θ moves uphill. Each step goes against the gradient.",
            lambda theta, x, y, lr, batch_size: minibatch(
                theta, x, y, -lr, batch_size
            ),
        ),
    ),
    hints=(
        "With 7 examples and batches of 3, at which positions does each "
        "batch start, and how many examples does the last one have?",
        "`range` with a step gives the starts. A slice that reaches past the "
        "end of an array simply stops there. And what does `batch_epoch` do "
        "with a slice?",
        "thetas = empty list; for every start 0, B, 2B, … below m: take x "
        "and y from start to start + B; θ = one batch update with them; "
        "append θ to thetas. Return thetas.",
    ),
    returns=("thetas",),
)


# --- updates_per_epoch -----------------------------------------------------


def fits(rng):
    size = int(rng.integers(3, 7))
    return {"m": size * int(rng.choice([2, 4, 5])), "batch_size": size}


def left_over(rng, rest):
    """Whole batches, and then `rest` more examples (from the end if < 0)."""
    size = int(rng.integers(4, 8))
    return {
        "m": size * int(rng.choice([2, 3, 5])) + rest % size,
        "batch_size": size,
    }


def count_or_refuse(m, batch_size):
    if min(m, batch_size) < 1:
        raise ValueError(
            "m and batch_size should both be positive; "
            f"got {m} and {batch_size}"
        )
    return len(range(0, m, batch_size))


def refuses_if(bad):
    """Counts right, and refuses where `bad` says so."""

    def answer(m, batch_size):
        if bad(m, batch_size):
            raise ValueError("both should be positive")
        return rounded_up(m, batch_size)

    return answer


def zero_for_bad(m, batch_size):
    return rounded_up(m, batch_size) if min(m, batch_size) > 0 else 0


def asserts(m, batch_size):
    assert min(m, batch_size) > 0
    return rounded_up(m, batch_size)


updates_per_epoch = Exercise(
    id="gradient_descent.updates_per_epoch",
    signature="updates_per_epoch(m, batch_size) -> int",
    asks=(
        "How many updates are in an epoch? There is one for each batch, and "
        "a last, shorter batch counts as well. `m` is the number of examples "
        "and `batch_size` how many are in a batch; both are integers, and so "
        "is the result. Both must be positive: raise a `ValueError` "
        "otherwise, with a sentence that says what is wrong."
    ),
    points={"counts": 1, "refuses": 1},
    difficulty=2,
    importance=3,
    minutes=7,
    reference=count_or_refuse,
    cases=(
        Case(
            "one example, one a batch",
            lambda _: dict(m=1, batch_size=1),
            "counts",
        ),
        Case("batches fit exactly", fits, "counts"),
        Case("one example is left over", lambda r: left_over(r, 1), "counts"),
        Case(
            "almost a whole batch is left over",
            lambda rng: left_over(rng, -1),
            "counts",
        ),
        Case(
            "a batch has room for more than there are",
            lambda rng: dict(
                m=int(rng.integers(2, 5)), batch_size=int(rng.integers(9, 14))
            ),
            "counts",
        ),
        # Bad inputs that divide without a rest, so that an answer that also
        # rounds wrongly is told about the refusal here.
        Case(
            "no examples",
            lambda rng: dict(m=0, batch_size=int(rng.integers(2, 6))),
            "refuses",
            ValueError,
        ),
        Case(
            "batches of none",
            lambda rng: dict(m=int(rng.integers(2, 6)), batch_size=0),
            "refuses",
            ValueError,
        ),
        Case(
            "a negative number of examples",
            lambda rng: dict(m=-2 * int(rng.integers(2, 6)), batch_size=2),
            "refuses",
            ValueError,
        ),
        Case(
            "a negative batch size",
            lambda rng: dict(m=12, batch_size=-int(rng.choice([2, 3, 4]))),
            "refuses",
            ValueError,
        ),
        Case(
            "both negative",
            lambda rng: dict(m=-12, batch_size=-int(rng.choice([2, 3, 4]))),
            "refuses",
            ValueError,
        ),
    ),
    misconceptions=(
        Misconception(
            "no refusal",
            "nothing is refused. Before you count, look whether both numbers "
            "are positive, and raise a ValueError if one is not.",
            refuses_if(lambda m, batch_size: False),
        ),
        Misconception(
            "zero for bad inputs",
            "you return 0 where the inputs make no sense. A caller would "
            "take that for an answer: raise a ValueError instead.",
            zero_for_bad,
        ),
        Misconception(
            "zero let through",
            "you refuse negative numbers but not 0. Zero is not positive.",
            refuses_if(lambda m, batch_size: m < 0 or batch_size < 0),
        ),
        Misconception(
            "negatives let through",
            "you refuse 0 but not the numbers below it.",
            refuses_if(lambda m, batch_size: m == 0 or batch_size == 0),
        ),
        Misconception(
            "refuses only both",
            "you refuse only if *both* numbers are bad. One of them is "
            "enough.",
            refuses_if(lambda m, batch_size: m <= 0 and batch_size <= 0),
        ),
        Misconception(
            "only batch_size looked at",
            "you look at `batch_size` only. The number of examples must be "
            "positive as well.",
            refuses_if(lambda m, batch_size: batch_size <= 0),
        ),
        Misconception(
            "only m looked at",
            "you look at the number of examples only. `batch_size` must be "
            "positive as well.",
            refuses_if(lambda m, batch_size: m <= 0),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            asserts,
        ),
        Misconception(
            "large batches refused",
            "a batch may have room for more examples than there are. Then "
            "one update uses them all.",
            refuses_if(
                lambda m, batch_size: min(m, batch_size) <= 0 or batch_size > m
            ),
        ),
        Misconception(
            "rounded down",
            "you rounded down, so the shorter last batch is not counted. It "
            "makes an update too.",
            lambda m, batch_size: m // batch_size,
        ),
        Misconception(
            "rounded to the nearest",
            "you rounded to the nearest whole number. Any examples left "
            "over, many or few, make one more batch.",
            lambda m, batch_size: round(m / batch_size),
        ),
        Misconception(
            "always one more",
            "you always count one batch more. Where the batches fit exactly "
            "nothing is left over for it.",
            lambda m, batch_size: m // batch_size + 1,
        ),
        Misconception(
            "not rounded",
            "this is not a whole number: nobody makes a part of an update. "
            "The examples left over make a whole one.",
            lambda m, batch_size: m / batch_size,
        ),
        Misconception(
            "one an example",
            "these are the updates of stochastic descent, one for each "
            "example. Here there is one for each batch.",
            lambda m, batch_size: m,
        ),
        Misconception(
            "what is left over",
            "this is how many examples are left over, not how many batches "
            "there are.",
            lambda m, batch_size: m % batch_size,
        ),
        Misconception(
            "turned round",
            "you divided the batch size by the number of examples. It goes "
            "the other way round.",
            lambda m, batch_size: rounded_up(batch_size, m),
        ),
    ),
    hints=(
        "How many boxes do you need for 7 eggs if a box holds 3? And for 6?",
        "Divide and round *up*: the `math` module has a function for it. And "
        "check both numbers before you divide.",
        "if m or batch_size is less than 1: raise ValueError with a "
        "sentence. Otherwise the result is m / batch_size, rounded up.",
    ),
    returns=("updates",),
)

EXERCISES = (
    gradient_step,
    mse,
    mse_gradient,
    batch_epoch,
    sgd_epoch,
    minibatch_epoch,
    updates_per_epoch,
)
