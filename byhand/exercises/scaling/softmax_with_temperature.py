"""The exercise `scaling.softmax_with_temperature`."""

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Misconception

from ..pieces.attention import unstable_softmax
from ..pieces.facts import rows_are_weights
from ..pieces.inputs import readable
from ..pieces.seams import but


def sharpen(z, temperature):
    """Right for any finite scores and any temperature above 0.

    By ratios, 1 / Σⱼ exp((zⱼ − zᵢ) / T): an overflow makes a weight 0.
    """
    with np.errstate(over="ignore"):
        gaps = np.asarray(z)[..., None, :] - np.asarray(z)[..., :, None]
        return 1 / np.exp(gaps / temperature).sum(axis=-1)


def largest_taken_away(z, temperature):
    """As hinted at in the exercise; at T = 0, what NumPy makes of it."""
    z = z - np.max(z, axis=-1, keepdims=True)
    return special.shares(z / np.float64(temperature), axis=-1)


def not_positive(temperature):
    return not temperature > 0


def sharpen_or_refuse(z, temperature, *, bad=not_positive, weigh=sharpen):
    if bad(temperature):
        raise ValueError(f"temperature should be above 0, got {temperature}")
    return weigh(z, temperature)


def weighing(weigh):
    """It refuses well, and then goes wrong."""
    return but(sharpen_or_refuse, weigh=weigh)


def refusing(bad):
    """It goes wrong in what it refuses."""
    return but(sharpen_or_refuse, bad=bad, weigh=largest_taken_away)


def asserting(z, temperature):
    assert temperature > 0
    return sharpen(z, temperature)


def warm(rng, temperature, *shape):
    return {"z": readable(rng, *shape), "temperature": temperature}


EXERCISE = Exercise(
    id="scaling.softmax_with_temperature",
    signature="softmax_with_temperature(z, temperature)",
    asks=(
        "Softmax with a knob: divide the scores by `temperature`, then take "
        "the softmax over the last axis. `z` has any shape, `temperature` "
        "is one float, and the result has the shape of `z`. The result must "
        "be finite for *any* finite scores and *any* temperature above 0, "
        "however small. (A warning that something overflowed on the way does "
        "no harm, as long as the result is right.) The temperature must be "
        "positive: raise a `ValueError` otherwise, with a sentence that says "
        "what is wrong."
    ),
    points={"weights": 2, "refuses": 1},
    difficulty=3,
    importance=4,
    minutes=10,
    reference=sharpen_or_refuse,
    cases=(
        Case(
            "three scores, warm",
            lambda rng: warm(rng, 2.5, 3),
            "weights",
        ),
        Case(
            "three scores, cold",
            lambda rng: warm(rng, 0.4, 3),
            "weights",
        ),
        Case("two rows", lambda rng: warm(rng, 1.5, 2, 3), "weights"),
        Case(
            "a stack of matrices",
            lambda rng: warm(rng, 0.8, 2, 4, 3),
            "weights",
        ),
        Case(
            "scores near 1000",
            lambda rng: {"z": 1000 + readable(rng, 4), "temperature": 0.5},
            "weights",
        ),
        Case(
            "one row near 0, one near 2000",
            lambda rng: {
                "z": readable(rng, 2, 3) + np.array([[0.0], [2000.0]]),
                "temperature": 2.0,
            },
            "weights",
        ),
        Case(
            "thousands apart within a row",
            lambda rng: {
                "z": readable(rng, 2, 4)
                + rng.permuted(np.tile([-3e3, 0, 0, 4e3], (2, 1)), axis=1),
                "temperature": 1.5,
            },
            "weights",
        ),
        Case(
            "huge scores, and nearly no temperature",
            lambda rng: {
                "z": 1e200 * readable(rng, 3),
                "temperature": 1e-200,
            },
            "weights",
        ),
        Case(
            "a temperature of 0",
            lambda rng: warm(rng, 0.0, 3),
            "refuses",
            ValueError,
        ),
        Case(
            "a temperature below 0",
            lambda rng: warm(rng, -0.5, 3),
            "refuses",
            ValueError,
        ),
    ),
    misconceptions=(
        Misconception(
            "multiplied",
            "a higher temperature makes your weights sharper, and it should "
            "flatten them: you multiplied where it should divide.",
            weighing(lambda z, temperature: sharpen(z, 1 / temperature)),
        ),
        Misconception(
            "temperature forgotten",
            "this is the plain softmax: the temperature changes nothing. "
            "(Adding the same number to all scores does not either.)",
            weighing(lambda z, temperature: sharpen(z, 1)),
        ),
        Misconception(
            "after the softmax",
            "the rows do not add up to 1: you divided the weights. The "
            "temperature belongs to the scores, before the softmax.",
            weighing(
                lambda z, temperature: special.shares(z, axis=-1) / temperature
            ),
        ),
        Misconception(
            "softmax twice",
            "you divided the weights by the temperature and took the softmax "
            "again, which makes them nearly equal. Divide the scores, and "
            "take it once.",
            weighing(
                lambda z, temperature: sharpen(
                    special.shares(z, axis=-1), temperature
                )
            ),
        ),
        Misconception(
            "root of the temperature",
            "you divided by the root of the temperature. The root belongs to "
            "d_k. A temperature divides as it is.",
            weighing(lambda z, temperature: sharpen(z, temperature**0.5)),
        ),
        Misconception(
            "overflows",
            "the formula is right, but e to the 1000 is larger than any "
            "float64. Take the largest score of each row away first.",
            weighing(lambda z, temperature: unstable_softmax(z / temperature)),
        ),
        Misconception(
            "divided first",
            "with a temperature near 0 the quotients themselves become too "
            "large for a float64, and ∞ − ∞ is not a number. Subtract the "
            "largest score *before* anything grows. Then it is 0, and stays 0 "
            "at any temperature.",
            weighing(
                lambda z, temperature: special.shares(z / temperature, axis=-1)
            ),
        ),
        Misconception(
            "one maximum for everything",
            "you take away the largest score of the *whole* array, and a row "
            "far below it becomes 0/0. Each row needs its own.",
            weighing(
                lambda z, temperature: unstable_softmax(
                    (z - np.max(z)) / temperature
                )
            ),
        ),
        Misconception(
            "over the whole array",
            "all entries together add up to 1. Each row should.",
            weighing(
                lambda z, temperature: sharpen(
                    z.reshape(-1), temperature
                ).reshape(z.shape)
            ),
        ),
        Misconception(
            "over the first axis",
            "your softmax runs along the first axis. It should run along the "
            "last one.",
            weighing(
                lambda z, temperature: np.moveaxis(
                    sharpen(np.moveaxis(z, 0, -1), temperature), -1, 0
                )
            ),
        ),
        Misconception(
            "no refusal",
            "nothing is refused. Look at the temperature before you divide, "
            "and raise a ValueError if it is 0 or below.",
            refusing(lambda temperature: False),
        ),
        Misconception(
            "zero let through",
            "you refuse temperatures below 0 but not 0 itself, by which "
            "nothing can be divided.",
            refusing(lambda temperature: temperature < 0),
        ),
        Misconception(
            "negatives let through",
            "you refuse 0 but not the numbers below it. A negative "
            "temperature would give the *worst* fit the largest weight.",
            refusing(lambda temperature: temperature == 0),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            asserting,
        ),
    ),
    hints=(
        "With scores 2 and 0, what does the softmax get at temperature 2, "
        "and what at temperature 0.5? Which weights are further apart?",
        "First refuse what is not above 0. Then take each row's largest "
        "score away, divide by the temperature, and take the softmax.",
        "if temperature ≤ 0: raise ValueError with a sentence. m = largest "
        "score of each row, its axis kept; result = softmax of (z − m) / "
        "temperature.",
    ),
    returns=("weights",),
    facts=(rows_are_weights(),),
)
