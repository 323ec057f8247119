"""The exercise `gradient_descent.minibatch_epoch`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .shared import (
    all_from_the_start,
    before_each,
    descend,
    in_batches,
    points_and_rate,
    rounded_up,
    slope_of,
    stochastic,
    summed,
)


def points_and_batches(rng, m, batch_size):
    return {**points_and_rate(rng, m), "batch_size": batch_size}


def minibatch(theta, x, y, lr, batch_size, *, slope=slope_of):
    return descend(theta, in_batches(x, y, batch_size), lr, slope=slope)


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

    return minibatch(theta, x, y, lr, batch_size, slope=slope)


def overlapping(theta, x, y, lr, batch_size):
    starts = range(len(x) - batch_size + 1)
    windows = [slice(start, start + batch_size) for start in starts]
    return descend(theta, [(x[w], y[w]) for w in windows], lr)


def one_short(theta, x, y, lr, batch_size):
    starts = range(0, len(x), batch_size)
    batches = [slice(start, start + batch_size - 1) for start in starts]
    return descend(theta, [(x[b], y[b]) for b in batches], lr)


def labels_of_the_first(theta, x, y, lr, batch_size):
    batches = in_batches(x, y, batch_size)
    return descend(theta, [(a, y[: len(a)]) for a, _ in batches], lr)


EXERCISE = Exercise(
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
            but(minibatch, slope=but(slope_of, loss=summed)),
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
        Misconception(
            "labels of the first batch",
            "every batch of x meets the *first* labels. Cut y at the same "
            "places as x.",
            labels_of_the_first,
        ),
        Misconception(
            "returned in the loop",
            "you return inside the loop, after the first batch. Return "
            "behind the loop, when every batch had its turn.",
            lambda *given: minibatch(*given)[:1],
        ),
        Misconception(
            "always the first batch",
            "every update used the first batch. The next one should begin "
            "where the last one ended.",
            lambda theta, x, y, lr, batch_size: descend(
                theta,
                in_batches(x, y, batch_size)[:1]
                * rounded_up(len(x), batch_size),
                lr,
            ),
        ),
        Misconception(
            "starts again each time",
            "every update starts again from the first θ: the moves are lost. "
            "The new θ has to replace the old one before the next batch.",
            lambda theta, x, y, lr, batch_size: [
                descend(theta, [one], lr)[-1]
                for one in in_batches(x, y, batch_size)
            ],
        ),
        Misconception(
            "one short in each batch",
            "your batches lack their last example. A slice leaves out its "
            "end by itself, so subtract no 1.",
            one_short,
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
