"""The exercise `backpropagation.clip_grad_norm`."""

import math

import numpy as np

from byhand.exercise import Case, Exercise, Listed, Misconception
from byhand.ways import fresh

from ..pieces.inputs import readable
from ..pieces.seams import but


def global_norm(grads):
    """√ of the sum of all squares, without a rounding on the way."""
    return math.hypot(*(float(x) for g in grads for x in np.ravel(g)))


def shrink(norm, most):
    return most / max(norm, most)


def clip(grads, max_norm, *, measure=global_norm, scale=shrink):
    norm = measure(grads)
    return [scale(norm, max_norm) * g for g in grads], norm


def each_alone(grads, max_norm):
    alone = [clip([g], max_norm)[0][0] for g in grads]
    return alone, global_norm(grads)


def each_entry(grads, max_norm):
    return (
        [np.clip(g, -max_norm, max_norm) for g in grads],
        global_norm(grads),
    )


def norm_after(grads, max_norm):
    clipped, norm = clip(grads, max_norm)
    return clipped, min(norm, max_norm)


def square_told(grads, max_norm):
    clipped, norm = clip(grads, max_norm)
    return clipped, norm**2


def scale_told(grads, max_norm):
    clipped, norm = clip(grads, max_norm)
    return clipped, shrink(norm, max_norm)


def norms_told(grads, max_norm):
    return clip(grads, max_norm)[0], [global_norm([g]) for g in grads]


def unit_first(grads, max_norm):
    """Everything over its norm first, which is 0/0 for zeros."""
    norm = global_norm(grads)
    with np.errstate(invalid="ignore", divide="ignore"):
        return [np.asarray(g) / np.float64(norm) for g in grads], norm


def to_size(grads, max_norm):
    units, norm = unit_first(grads, max_norm)
    return [unit * min(norm, max_norm) for unit in units], norm


def stretched(grads, max_norm):
    """All to max_norm; zeros stay zeros."""
    return clip(grads, max_norm, scale=lambda n, most: most / n if n else 1.0)


def to_one(grads, max_norm):
    return clip(
        grads, max_norm, scale=lambda n, most: 1 / n if n > most else 1.0
    )


def of_all(function):
    """A measure of all numbers together."""
    return lambda grads: float(
        function(np.abs(np.concatenate([np.ravel(g) for g in grads])))
    )


def drawn(rng, *shapes):
    """Arrays of these shapes, of a norm above 2."""
    while True:
        grads = [np.asarray(readable(rng, *shape)) for shape in shapes]
        if global_norm(grads) > 2.2:
            return grads


def small(grads, size):
    """The same direction, with this norm."""
    norm = global_norm(grads)
    return [np.round(g / norm * size, 3) for g in grads]


def themselves(grads, max_norm):
    """Where there is nothing to clip, what was given goes back."""
    clipped, norm = clip(grads, max_norm)
    return (clipped if norm > max_norm else grads), norm


def by_the_square(grads, max_norm):
    """Shortened, or lengthened, where the square is above max_norm."""
    norm = global_norm(grads)
    factor = max_norm / norm if norm**2 > max_norm else 1.0
    return [g * factor for g in grads], norm


EXERCISE = Exercise(
    id="backpropagation.clip_grad_norm",
    signature="clip_grad_norm(grads, max_norm) -> (clipped, norm)",
    asks=(
        "Clip gradients by their *global* norm: the root of the sum of the "
        "squares of all numbers in all arrays. `grads` is a list of arrays "
        "of any shapes. If the norm is above `max_norm` (a positive number), "
        "multiply every array by `max_norm / norm`. Otherwise, and where all "
        "are zeros, they stay as they are. Return `clipped`, a list of as "
        "many new arrays in the same shapes, and `norm`, the global norm "
        "*before* clipping."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=4,
    reference=clip,
    cases=(
        Case(
            "3 and 4, which have norm 5",
            lambda rng: {
                "grads": [np.array([3.0]), np.array([4.0])],
                "max_norm": float(rng.choice([1.5, 2.0, 2.5])),
            },
        ),
        Case(
            "two arrays, clipped",
            lambda rng: {
                "grads": drawn(rng, (2,), (3,)),
                "max_norm": float(rng.choice([0.3, 0.5, 0.7])),
            },
        ),
        Case(
            "small ones stay as they are",
            lambda rng: {
                "grads": small(drawn(rng, (3,), (2, 2)), 0.6),
                "max_norm": 2.5,
            },
        ),
        Case(
            "three arrays of several shapes, one short",
            lambda rng: {
                "grads": [
                    *drawn(rng, (2, 3), (4,)),
                    np.array(rng.choice([-0.3, -0.2, 0.2, 0.3])),
                ],
                "max_norm": float(rng.choice([0.4, 0.6, 1.6])),
            },
        ),
        Case(
            "all zeros",
            lambda rng: {
                "grads": [np.zeros(2), np.zeros((1, 3))],
                "max_norm": 0.5,
            },
        ),
        Case(
            "zeros beside others, just short enough",
            lambda rng: {
                # The square of their norm is above max_norm.
                "grads": [np.zeros(3), *small(drawn(rng, (2, 2, 2)), 3.5)],
                "max_norm": 4.0,
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "each array by itself",
            "you clipped each array by its own norm. That changes the "
            "direction: all arrays share one norm and one factor.",
            each_alone,
        ),
        Misconception(
            "the square compared",
            "you compared the square of the norm with `max_norm`. Take the "
            "root before you compare.",
            by_the_square,
        ),
        Misconception(
            "entry by entry",
            "you cut off each number by itself. That changes the direction: "
            "multiply all numbers by the same factor.",
            each_entry,
        ),
        Misconception(
            "small ones stretched",
            "you made small gradients longer. Clipping only shortens: leave "
            "them as they are.",
            stretched,
        ),
        Misconception(
            "norm after",
            "you returned the norm after clipping. Return the one before.",
            norm_after,
        ),
        Misconception(
            "sum of the norms",
            "you added the norms of the arrays. Add the squares of all "
            "numbers, and take one root.",
            but(clip, measure=lambda g: sum(global_norm([x]) for x in g)),
        ),
        Misconception(
            "sum of absolute values",
            "you added the absolute values. The norm is the root of the sum "
            "of the squares.",
            but(clip, measure=of_all(np.sum)),
        ),
        Misconception(
            "largest entry",
            "you took the largest number for the norm. The norm is the root "
            "of the sum of all squares.",
            but(clip, measure=of_all(np.max)),
        ),
        Misconception(
            "root mean square",
            "you took the mean of the squares. The norm takes their sum.",
            but(clip, measure=of_all(lambda x: np.sqrt(np.mean(x**2)))),
        ),
        Misconception(
            "squared norm",
            "you forgot the root: this is the square of the norm.",
            but(clip, measure=lambda g: global_norm(g) ** 2),
        ),
        Misconception(
            "squared norm returned",
            "your arrays are right, but you returned the square of the norm.",
            square_told,
        ),
        Misconception(
            "the first array's norm",
            "you measured only the first array. The norm goes over all of "
            "them.",
            but(clip, measure=lambda g: global_norm(g[:1])),
        ),
        Misconception(
            "to 1",
            "you shortened to length 1. The length should be `max_norm`.",
            to_one,
        ),
        Misconception(
            "always to length 1",
            "you divided everything by its norm. Multiply by `max_norm` over "
            "the norm, and only where the norm is too large.",
            unit_first,
        ),
        Misconception(
            "0 over 0",
            "you divided by a norm of 0, which gives NaN. Gradients that are "
            "all zeros stay as they are.",
            to_size,
        ),
        Misconception(
            "factor inverted",
            "you multiplied by norm over `max_norm`. The factor is the other "
            "way up.",
            but(
                clip,
                scale=lambda n, most: n / most if n > most else 1.0,
            ),
        ),
        Misconception(
            "factor over the square",
            "you divided by the square of the norm. The factor is `max_norm` "
            "over the norm.",
            but(
                clip,
                scale=lambda n, most: most / n**2 if n > most else 1.0,
            ),
        ),
        Misconception(
            "factor without the norm",
            "you multiplied by `max_norm` itself. Divide it by the norm.",
            but(clip, scale=lambda n, most: most if n > most else 1.0),
        ),
        Misconception(
            "not clipped",
            "you returned the gradients as they were. Where the norm is "
            "above `max_norm`, shorten them.",
            but(clip, scale=lambda n, most: 1.0),
        ),
        Misconception(
            "set to zero",
            "you dropped gradients that are too long. Shorten them: their "
            "direction is good.",
            but(clip, scale=lambda n, most: 0.0 if n > most else 1.0),
        ),
        Misconception(
            "the factor returned",
            "your arrays are right, but you returned the factor. Return the "
            "norm before clipping.",
            scale_told,
        ),
        Misconception(
            "a norm each",
            "you returned a norm for each array. There is one norm, over all "
            "of them.",
            norms_told,
        ),
        Misconception(
            "norm first",
            "you returned the norm first. The list of arrays comes first, "
            "then the norm.",
            lambda *given: clip(*given)[::-1],
        ),
        Misconception(
            "the same arrays",
            "where nothing is clipped you return the given arrays themselves, "
            "and a caller may write into them. The check did: it set them to "
            "0, and your result became 0 as well. Return copies.",
            themselves,
        ),
        Misconception(
            "arrays only",
            "you returned only the arrays. Return the norm too, as the second "
            "of two.",
            lambda *given: clip(*given)[0],
        ),
    ),
    not_by=("clip_grad_norm", "clip_grad_norm_"),
    hints=(
        "[3] and [4] together are as long as the arrow to (3, 4). How long "
        "is that?",
        "One sum over all arrays, one root, one factor. The factor is 1 "
        "where the norm is small enough.",
        "norm = root of the sum, over all arrays, of their summed squares; "
        "factor = max_norm / norm if norm > max_norm, otherwise 1; result = "
        "each array times factor, and norm.",
    ),
    returns=(Listed("clipped"), "norm"),
    way=fresh.arrays_afterwards,
)
