"""The exercise `bagging.out_of_bag_share`."""

import math

from byhand.exercise import Case, Exercise, Fact, Misconception


def right(n, size):
    """One draw after another: each leaves out n − 1 of n."""
    return math.prod([1 - 1 / n] * size)


def at_most_once(n, size):
    once = size / n * (1 - 1 / n) ** (size - 1) if size else 0.0
    return right(n, size) + once


def of(n, size):
    return lambda rng: {"n": n, "size": size}


def at_random(rng):
    n, size = rng.choice(range(5, 30), 2, replace=False)
    return {"n": int(n), "size": int(size)}


EXERCISE = Exercise(
    id="bagging.out_of_bag_share",
    signature="out_of_bag_share(n, size) -> float",
    asks=(
        "How many points does a tree never see? From `n` points, `size` are "
        "drawn, one after another and with replacement. Return the "
        "probability that a given point is not drawn at all. It is also the "
        "expected share of the points that stay out of the bag. Return it "
        "exactly, not its limit. `n` is 1 or more. `size` is 0 or more, and "
        "where nothing is drawn the share is 1."
    ),
    points=1,
    difficulty=1,
    importance=3,
    minutes=3,
    reference=right,
    cases=(
        Case("two draws from two points", of(2, 2)),
        Case("one draw from four points", of(4, 1)),
        Case("eight draws from ten points", of(10, 8)),
        Case("ten draws from five points", of(5, 10)),
        Case("nothing is drawn", of(7, 0)),
        Case("a single point, drawn", of(1, 3)),
        Case("a single point, not drawn", of(1, 0)),
        Case("any two numbers", at_random),
        Case("800 draws from a thousand points", of(1_000, 800)),
        Case("as many draws as points, a thousand", of(1_000, 1_000)),
    ),
    misconceptions=(
        Misconception(
            "its complement",
            "this is the probability that the point *is* drawn. Return that "
            "it is not.",
            lambda n, size: 1 - right(n, size),
        ),
        Misconception(
            "n for size",
            "you took as many draws as there are points. There are `size`.",
            lambda n, size: right(n, n),
        ),
        Misconception(
            "swapped",
            "you swapped the two: the share comes from `n`, the number of "
            "draws from `size`.",
            lambda n, size: right(size, n) if size else 0.0,
        ),
        Misconception(
            "the limit",
            "this is e^(−size/n), which the share comes near for many points. "
            "Return it exactly.",
            lambda n, size: math.exp(-size / n),
        ),
        Misconception(
            "always 1/e",
            "1/e is the limit for many points and as many draws. Return the "
            "exact share for *these* numbers.",
            lambda n, size: math.exp(-1),
        ),
        Misconception(
            "without replacement",
            "1 − size/n is right without replacement. Here a point may be "
            "drawn again.",
            lambda n, size: 1 - size / n,
        ),
        Misconception(
            "without replacement, not below 0",
            "you took size/n away from 1, and let nothing fall below 0. That "
            "is right without replacement, and here a point may come again.",
            lambda n, size: max(0.0, 1 - size / n),
        ),
        Misconception(
            "a single draw",
            "this is the probability that *one* draw leaves the point out. "
            "All `size` draws must.",
            lambda n, size: 1 - 1 / n,
        ),
        Misconception(
            "expected number",
            "this is the expected *number* of points. Return the share: "
            "divide by `n`.",
            lambda n, size: n * right(n, size),
        ),
        Misconception(
            "at most once",
            "this is the probability of being drawn at most once. Once is "
            "once too often.",
            at_most_once,
        ),
        Misconception(
            "rounded",
            "you rounded the share. Return it as it is.",
            lambda n, size: round(right(n, size), 2),
        ),
        Misconception(
            "percent",
            "this is the share in percent. Return it as a number from 0 to 1.",
            lambda n, size: 100 * right(n, size),
        ),
        Misconception(
            "drawn every time",
            "this is the probability that the point is drawn *every* time.",
            lambda n, size: (1 / n) ** size,
        ),
        Misconception(
            "one draw fewer",
            "you counted one draw too few.",
            lambda n, size: right(n, max(size - 1, 0)),
        ),
        Misconception(
            "one draw more",
            "you counted one draw too many.",
            lambda n, size: right(n, size + 1),
        ),
        Misconception(
            "share of the draws",
            "you divided one by the other. A probability comes from a "
            "product: one factor for each draw.",
            lambda n, size: size / n,
        ),
        Misconception(
            "nothing drawn is 0",
            "right wherever something is drawn. If nothing is, every point "
            "stays out: the share is 1.",
            lambda n, size: right(n, size) if size else 0.0,
        ),
        Misconception(
            "not a power",
            "you multiplied by `size`. Each draw multiplies by 1 − 1/n once "
            "more: take the power.",
            lambda n, size: (1 - 1 / n) * size,
        ),
        Misconception(
            "missed once at least",
            "this is the probability that the point is missed at least "
            "*once*. Return that it is missed by all draws.",
            lambda n, size: 1 - (1 / n) ** size,
        ),
    ),
    hints=(
        "One die: how likely is it that no six comes in one throw? And in "
        "three?",
        "A single draw misses the point with probability 1 − 1/n. The draws "
        "do not know of each other, so multiply.",
        "result = (1 − 1/n) to the power of size.",
    ),
    returns=("share",),
    facts=(
        Fact(
            "the share is from 0 to 1",
            lambda share: bool(0 <= share <= 1),
        ),
    ),
)
