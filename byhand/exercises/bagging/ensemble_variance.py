"""The exercise `bagging.ensemble_variance`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but


def by_covariance(variance, correlation, trees):
    """The whole matrix between the trees, with weights of 1/B each."""
    own, shared = np.eye(trees), np.ones((trees, trees))
    mixed = (1 - correlation) * own + correlation * shared
    return float(np.mean(variance * mixed))


def two_parts(variance, correlation, trees):
    rest = (1 - correlation) * variance / trees
    return correlation * variance + rest


def is_bad(correlation, trees):
    return trees < 1 or not 0 <= correlation <= 1


def refused(variance, correlation, trees, *, bad=is_bad, found=by_covariance):
    if bad(correlation, trees):
        raise ValueError(
            "there should be a tree at least, and a correlation from 0 to 1; "
            f"got {trees} and {correlation}"
        )
    return found(variance, correlation, trees)


def right(variance, correlation, trees):
    return refused(variance, correlation, trees)


def wrong(found):
    """It refuses well, and then goes wrong."""
    return but(refused, found=found)


def lets_through(bad):
    """It goes wrong in what it refuses."""
    return but(refused, bad=bad, found=two_parts)


def asserts(variance, correlation, trees):
    assert not is_bad(correlation, trees)
    return by_covariance(variance, correlation, trees)


def zero_for_bad(variance, correlation, trees):
    if is_bad(correlation, trees):
        return 0.0
    return by_covariance(variance, correlation, trees)


def of(variance, correlation, trees):
    return lambda rng: {
        "variance": variance,
        "correlation": correlation,
        "trees": trees,
    }


def at_random(rng):
    return {
        "variance": int(rng.integers(11, 40)) / 10,
        "correlation": float(rng.choice([0.1, 0.2, 0.7, 0.8])),
        "trees": int(rng.integers(3, 9)),
    }


def refuses(name, correlation, trees):
    # Another variance than 1, so that what comes instead shows what was done.
    return Case(name, of(2.5, correlation, trees), raises=ValueError)


EXERCISE = Exercise(
    id="bagging.ensemble_variance",
    signature="ensemble_variance(variance, correlation, trees) -> float",
    asks=(
        "How much does the mean of many trees vary? Each tree's answer has "
        "the variance σ² (`variance`), and any two trees have the "
        "correlation ρ (`correlation`). Return the variance of the mean of "
        "B of them (`trees`): $ρσ^2 + \\frac{1 - ρ}{B} σ^2$. Raise a "
        "`ValueError` with a sentence if there is not at least one tree, or "
        "if ρ is not from 0 to 1, both ends included."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=4,
    reference=right,
    cases=(
        Case("two trees", of(1.0, 0.3, 2)),
        Case("another variance", of(4.0, 0.3, 3)),
        Case("five trees, a small variance", of(0.25, 0.6, 5)),
        Case("a hundred trees", of(1.0, 0.3, 100)),
        Case("a single tree", of(2.5, 0.3, 1)),
        Case("trees that know nothing of each other", of(2.0, 0.0, 4)),
        Case("trees that are all alike", of(3.0, 1.0, 4)),
        Case("any numbers", at_random),
        refuses("neither makes sense", -0.2, -2),
        refuses("fewer trees than none", 0.3, -2),
        refuses("a correlation below 0", -0.2, 4),
        refuses("a correlation above 1, of one tree", 1.5, 1),
        refuses("no tree", 0.3, 0),
    ),
    misconceptions=(
        Misconception(
            "independent trees",
            "you divided the variance by the number of trees. That is right "
            "for independent trees. These are correlated: ρσ² stays.",
            wrong(lambda v, r, b: v / b),
        ),
        Misconception(
            "the limit",
            "this is what remains with endlessly many trees, ρσ². Add what "
            "these few leave, (1 − ρ)σ²/B.",
            wrong(lambda v, r, b: r * v),
        ),
        Misconception(
            "all of it divided by B",
            "you divided all of σ² by B and added ρσ². Only the rest, (1 − "
            "ρ)σ², is divided.",
            wrong(lambda v, r, b: r * v + v / b),
        ),
        Misconception(
            "roles swapped",
            "you swapped ρ and 1 − ρ: what trees share does *not* shrink as "
            "there are more of them.",
            wrong(lambda v, r, b: (1 - r) * v + r * v / b),
        ),
        Misconception(
            "not divided",
            "you left out the division by B, so the number of trees changes "
            "nothing.",
            wrong(lambda v, r, b: v),
        ),
        Misconception(
            "both divided",
            "you divided the shared part by B, too, and the rest by nothing "
            "more. Only (1 − ρ)σ² is divided by B.",
            wrong(lambda v, r, b: (r * v + (1 - r) * v / b) / b),
        ),
        Misconception(
            "the rest only",
            "you left out ρσ², which no number of trees removes.",
            wrong(lambda v, r, b: (1 - r) * v / b),
        ),
        Misconception(
            "σ² left out of the shared part",
            "you added ρ by itself. The shared part is ρσ².",
            wrong(lambda v, r, b: r + (1 - r) * v / b),
        ),
        Misconception(
            "σ² left out of the rest",
            "you left σ² out of the second part, (1 − ρ)σ²/B.",
            wrong(lambda v, r, b: r * v + (1 - r) / b),
        ),
        Misconception(
            "ρ squared",
            "you squared ρ. The covariance of two trees is ρσ².",
            wrong(lambda v, r, b: r**2 * v + (1 - r**2) * v / b),
        ),
        Misconception(
            "the root of ρ",
            "you took the root of ρ. The covariance of two trees is ρσ².",
            wrong(lambda v, r, b: r**0.5 * v + (1 - r**0.5) * v / b),
        ),
        Misconception(
            "1 + ρ",
            "you added ρ where it is taken away: the rest is (1 − ρ)σ²/B.",
            wrong(lambda v, r, b: r * v + (1 + r) * v / b),
        ),
        Misconception(
            "B squared",
            "you divided by B². That belongs to the variance of a single "
            "term, and there are B of them.",
            wrong(lambda v, r, b: r * v + (1 - r) * v / b**2),
        ),
        Misconception(
            "the root of B",
            "you divided by √B. That is how a standard deviation shrinks: a "
            "variance is divided by B.",
            wrong(lambda v, r, b: r * v + (1 - r) * v / b**0.5),
        ),
        Misconception(
            "standard deviation",
            "this is the standard deviation, the root. Return the variance.",
            wrong(lambda v, r, b: two_parts(v, r, b) ** 0.5),
        ),
        Misconception(
            "variance squared",
            "you squared `variance`. It is σ² already.",
            wrong(lambda v, r, b: two_parts(v**2, r, b)),
        ),
        Misconception(
            "variance of the sum",
            "this is the variance of the trees' *sum*. Of their mean it is B² "
            "times smaller.",
            wrong(lambda v, r, b: b**2 * two_parts(v, r, b)),
        ),
        Misconception(
            "one pair too many",
            "you divided by B − 1. Divide by B.",
            wrong(
                lambda v, r, b: r * v + (1 - r) * v / (b - 1) if b > 1 else v
            ),
        ),
        Misconception(
            "no refusal",
            "nothing is refused. Look at `correlation` and `trees` first, and "
            "raise a ValueError if one makes no sense.",
            lets_through(lambda r, b: False),
        ),
        Misconception(
            "only trees looked at",
            "you look at the number of trees only. ρ must be from 0 to 1.",
            lets_through(lambda r, b: b < 1),
        ),
        Misconception(
            "only ρ looked at",
            "you look at ρ only. There must be at least one tree.",
            lets_through(lambda r, b: not 0 <= r <= 1),
        ),
        Misconception(
            "no trees let through",
            "you refuse a negative number of trees but not 0. A mean of "
            "nothing has no variance.",
            lets_through(lambda r, b: b < 0 or not 0 <= r <= 1),
        ),
        Misconception(
            "negative trees let through",
            "you refuse 0 trees but not a number below it.",
            lets_through(lambda r, b: b == 0 or not 0 <= r <= 1),
        ),
        Misconception(
            "ρ above 1 let through",
            "you refuse a ρ below 0 but not one above 1. No two trees agree "
            "more than fully.",
            lets_through(lambda r, b: b < 1 or r < 0),
        ),
        Misconception(
            "ρ below 0 let through",
            "you refuse a ρ above 1 but not one below 0. Many trees cannot "
            "all contradict each other.",
            lets_through(lambda r, b: b < 1 or r > 1),
        ),
        Misconception(
            "a single tree refused",
            "you refuse a single tree. Its mean is itself, with variance σ².",
            lets_through(lambda r, b: b < 2 or not 0 <= r <= 1),
        ),
        Misconception(
            "ρ = 0 refused",
            "you refuse ρ = 0. Independent trees are welcome.",
            lets_through(lambda r, b: b < 1 or not 0 < r <= 1),
        ),
        Misconception(
            "ρ = 1 refused",
            "you refuse ρ = 1. Trees that are all alike are allowed.",
            lets_through(lambda r, b: b < 1 or not 0 <= r < 1),
        ),
        Misconception(
            "both ends refused",
            "you refuse ρ = 0 and ρ = 1. Both ends are allowed.",
            lets_through(lambda r, b: b < 1 or not 0 < r < 1),
        ),
        Misconception(
            "refuses only both",
            "you refuse only if *both* are bad. One of them is enough.",
            lets_through(lambda r, b: b < 1 and not 0 <= r <= 1),
        ),
        Misconception(
            "zero for bad inputs",
            "you return 0 where the inputs make no sense. A caller would "
            "take that for an answer: raise a ValueError instead.",
            zero_for_bad,
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            asserts,
        ),
        Misconception(
            "no brackets",
            "your second part has no brackets: 1 − ρ/B is something else "
            "than (1 − ρ)/B.",
            wrong(lambda v, r, b: r * v + 1 - r / b * v),
        ),
        Misconception(
            "no variance",
            "you left σ² out of both parts. That is right for σ² = 1 alone.",
            wrong(lambda v, r, b: r + (1 - r) / b),
        ),
    ),
    hints=(
        "If all trees are alike, ρ = 1, what does the second tree change? And "
        "if they know nothing of each other, ρ = 0?",
        "Check first, then compute: one part that every tree shares, and one "
        "that B trees make B times smaller.",
        "if trees < 1, or correlation is not from 0 to 1: raise ValueError "
        "with a sentence. Otherwise ρ σ² + (1 − ρ) σ² / B.",
    ),
    returns=("variance",),
)
