"""The exercise `bagging.bootstrap_sample`."""

import copy

import numpy as np

from byhand.exercise import Case, Exercise, Measured, Misconception, Whole, Yes
from byhand.ways import repeating

# One sample cannot be compared with another, so the answer draws many and is
# measured. A sample is a bag: the order of its draws is its own affair.
#
# sample: 0 for every draw that is a point, and else what came in its place.
#     Exact. It also shows whether the shape is right.
# share of each point: of N draws in all, standard error √(p(1 − p)/N) with
#     p = 1/n.
# share of samples with two points: by inclusion and exclusion both are there
#     with chance q = 1 − 2(1 − 1/n)^size + (1 − 2/n)^size, and on the
#     diagonal one is with q = 1 − (1 − 1/n)^size: of T samples, √(q(1 − q)/T).
# The other three are 1 for yes and 0 for no. A right answer says no only if
#     A_FEW samples agree by chance: below 1e-20 in every case.
#
# The bounds are six standard errors, which a right answer misses with chance
# 2e-9 if normal. There are 120 such measures in a check, so 1e-6 at most, and
# a seed that passes once passes always.
DRAWS = 4_000  # in all, at least
A_FEW = 10
ERRORS = 6


def samples_of(size):
    return max(A_FEW, DRAWS // size)


def measured(answer, n, size, rng):
    """What can be said of an answer's samples."""
    seed = int(rng.integers(2**62))

    def drawn(times, seed=seed):
        own = np.random.default_rng(seed)
        return list(repeating.drawn(answer, [n, size], own, times))

    # Who seeds in every call takes long for many: a few show it.
    few, again, other = drawn(A_FEW), drawn(A_FEW), drawn(A_FEW, seed + 1)
    stuck = all_alike(few)
    came = few if stuck else drawn(samples_of(size))
    draws = [as_row(value) for value in came]
    for value, each in zip(came, draws, strict=True):
        if each is None or each.shape != (size,):
            odd = value if each is None else no_points(each, n)
            return odd, 0.0, 0.0, 0.0, 0.0, 0.0
    samples = np.stack(draws)
    strange = no_points(samples, n)
    table = samples[..., None] == np.arange(n)
    has = table.any(axis=1).astype(float)
    together = has.T @ has / len(has)
    return (
        strange[np.count_nonzero(strange, axis=1).argmax()],
        float(alike(few, again)),
        float(not alike(few, other)),
        float(not stuck),
        # What always comes out says nothing of chance, whatever its seed.
        *(shares_of(n, size) if stuck else (table.mean((0, 1)), together)),
    )


def expected(n, size, rng):
    """The same of a right answer, but for chance."""
    return np.zeros(size, int), 1.0, 1.0, 1.0, *shares_of(n, size)


def shares_of(n, size):
    return np.full(n, 1 / n), both(n, size)


def both(n, size):
    """(n, n): the chance that a sample has two points, or one."""
    missed = (1 - 1 / n) ** size
    chance = np.full((n, n), 1 - 2 * missed + (1 - 2 / n) ** size)
    np.fill_diagonal(chance, 1 - missed)
    return chance


def bounds(n, size, rng):
    exact, times, chance = 1e-6, samples_of(size), both(n, size)
    deviation = np.sqrt((n - 1) / n**2 / (times * size))
    return (
        np.full(size, exact),
        *(np.array(0.25),) * 3,
        np.full(n, exact + ERRORS * deviation),
        exact + ERRORS * np.sqrt(chance * (1 - chance) / times),
    )


def all_alike(draws):
    return alike(draws[1:], draws[:-1])


def alike(some, others):
    """Whether two lists of samples are the same, whatever they are."""
    pairs = zip(map(as_row, some), map(as_row, others), strict=True)
    return all(np.array_equal(one, other) for one, other in pairs)


def no_points(values, n):
    """0 for every point; what is none stays what it is, a float for instance.

    A float of 0.0 becomes -1.
    """
    if values.dtype.kind not in "iu":
        return np.where(values == 0, -1.0, values)
    return np.where((values >= 0) & (values < n), 0, values)


def as_row(value):
    if value is None:
        return None
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    try:
        row = np.asarray(value)
        return row if row.dtype.kind in "iu" else row.astype(float)
    except (TypeError, ValueError):  # said elsewhere, in words
        return None


# --- answers ---------------------------------------------------------------


def right(n, size, rng):
    """By the running sum of n equal shares."""
    steps = np.arange(1, n) / n
    return np.searchsorted(steps, rng.random(size), side="right")


def shuffled(n, size, rng):
    """Without replacement; where there are too few, one shuffle after
    another."""
    rounds = [rng.permutation(n) for _ in range(-(-size // n))]
    return np.concatenate(rounds)[:size]


def a_block(n, size, rng):
    return (rng.integers(n) + np.arange(size)) % n


def same_start(n, size, rng):
    """A new generator with a seed of its own in each call."""
    return np.random.default_rng(0).integers(n, size=size)


def rounded(n, size, rng):
    """The two ends get half a share each."""
    return np.rint(rng.random(size) * (n - 1)).astype(int)


def twice(n, size, rng):
    """A sample of a sample."""
    return rng.choice(rng.integers(n, size=n), size)


def of(n, size):
    return lambda rng: {
        "n": n,
        "size": size,
        "rng": np.random.default_rng(rng.integers(2**62)),
    }


EXERCISE = Exercise(
    id="bagging.bootstrap_sample",
    signature="bootstrap_sample(n, size, rng) -> (size,)",
    asks=(
        "Draw a bootstrap sample: which points does one tree learn from? "
        "There are `n` points, numbered 0 to n − 1. Draw one of them, note "
        "its number, put it back, and do so `size` times. Each time all "
        "points are equally likely. Return the numbers, integers of shape "
        "`(size,)`. `size` may be smaller or larger than `n`. `rng` is a "
        "NumPy `Generator`: draw from it and from nothing else. A second "
        "call draws again. The check draws often and allows for chance."
    ),
    points=2,
    difficulty=1,
    importance=4,
    minutes=4,
    reference=right,
    way=measured,
    expected=expected,
    bounds=bounds,
    cases=(
        Case("three draws from six points", of(6, 3)),
        Case("as many draws as points", of(4, 4)),
        Case("more draws than points", of(3, 8)),
        Case("a thousand draws from five points", of(5, 1_000)),
    ),
    misconceptions=(
        Misconception(
            "without replacement",
            "your sample never has a point twice while others are left. Put "
            "each point back before the next draw: with replacement.",
            shuffled,
        ),
        Misconception(
            "without replacement, and too few",
            "you draw without replacement, so that there are never more draws "
            "than points. Put each point back: with replacement.",
            lambda n, size, rng: rng.choice(n, size, replace=False),
        ),
        Misconception(
            "last never",
            "the last point never comes. `rng.integers` leaves out its upper "
            "end by itself, so subtract nothing from `n`.",
            lambda n, size, rng: rng.integers(n - 1, size=size),
        ),
        Misconception(
            "first never",
            "point 0 never comes. The points are numbered from 0.",
            lambda n, size, rng: rng.integers(1, n, size=size),
        ),
        Misconception(
            "from 1",
            "your points are numbered from 1 to n. They are 0 to n − 1.",
            lambda n, size, rng: rng.integers(1, n + 1, size=size),
        ),
        Misconception(
            "n is drawn",
            "your draws can be `n`, which is no point. The last one is n − 1.",
            lambda n, size, rng: rng.integers(n + 1, size=size),
        ),
        Misconception(
            "n draws",
            "you draw `n` points, whatever `size` is.",
            lambda n, size, rng: rng.integers(n, size=n),
        ),
        Misconception(
            "distinct ones only",
            "you dropped the repeats. A point that was drawn twice stands in "
            "the sample twice.",
            lambda n, size, rng: np.unique(rng.integers(n, size=size)),
        ),
        Misconception(
            "a mask",
            "you return a yes or no for each point. Return the numbers of "
            "those drawn, as often as they were.",
            lambda n, size, rng: np.isin(
                np.arange(n), rng.integers(n, size=size)
            ),
        ),
        Misconception(
            "counts",
            "you return how often each point was drawn. Return the numbers "
            "of the points.",
            lambda n, size, rng: np.bincount(
                rng.integers(n, size=size), minlength=n
            ),
        ),
        Misconception(
            "floats",
            "your draws are fractions. A point's number is whole: "
            "`rng.integers` draws such.",
            lambda n, size, rng: rng.random(size) * n,
        ),
        Misconception(
            "own random numbers",
            "the same seed gives another sample each time: your numbers do "
            "not come from `rng`.",
            lambda n, size, rng: np.random.default_rng().integers(
                n, size=size
            ),
        ),
        Misconception(
            "a seed of its own",
            "every call returns the same sample: you draw from a generator "
            "with a seed of its own, or not at all. Draw from `rng`.",
            same_start,
        ),
        Misconception(
            "rng copied",
            "a second call with the same `rng` returns the same sample: you "
            "draw from a copy. Then all trees would be one and the same.",
            lambda n, size, rng: copy.deepcopy(rng).integers(n, size=size),
        ),
        Misconception(
            "a block",
            "your sample is a block of neighbours from a random start. Draw "
            "each point for itself.",
            a_block,
        ),
        Misconception(
            "one point for all",
            "you draw one point and repeat it. Draw `size` times.",
            lambda n, size, rng: np.full(size, rng.integers(n)),
        ),
        Misconception(
            "ends half as likely",
            "the first and the last point come half as often as the others: "
            "you rounded to the nearest number. `rng.integers` is fair.",
            rounded,
        ),
        Misconception(
            "a sample of a sample",
            "you drew from points that were drawn already, so too few "
            "different ones are left. Draw once, from all `n`.",
            twice,
        ),
    ),
    hints=(
        "You draw three times from the points 0, 1, 2. Can the sample be 2, "
        "0, 2?",
        "`rng.integers` draws whole numbers, each for itself, and leaves out "
        "its upper end. It takes `size=`.",
        "result = size whole numbers from rng, each from 0 up to, without, n.",
    ),
    returns=(
        Whole("sample (0 stands for any right one)"),
        Yes("the same seed gives the same sample"),
        Yes("another seed gives another sample"),
        Yes("a second call draws again"),
        Measured("share of each point among the draws"),
        Measured("share of samples that have both points, i and j"),
    ),
)
