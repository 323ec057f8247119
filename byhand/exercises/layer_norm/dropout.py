"""The exercise `layer_norm.dropout`."""

import copy
import math

import numpy as np

from byhand.exercise import Case, Exercise, Measured, Misconception, Yes

from ..pieces.inputs import readable
from ..pieces.seams import but

# A mask cannot be compared with another: how an answer draws is its own
# affair. So the answer is used, and what every mask must satisfy is measured:
#
# zeros_filled_in: what each entry is where it was kept. Exact.
# share_kept: of N entries, each kept with chance q = 1 − p: standard error
#     √(pq/N).
# neighbours_alike: along each axis, how many pairs of neighbours met the
#     same fate; expected p² + q² = 1 − 2pq. One pair's variance is
#     2pq(1 − 2pq). Two pairs that share an entry are correlated, with
#     covariance p³ + q³ − (1 − 2pq)² = pq(1 − 4pq), and each pair has two
#     such partners at most, so that the variance of the mean of M pairs is
#     at most (2pq(1 − 2pq) + 2pq(1 − 4pq))/M = 4pq(1 − 3pq)/M.
# The last three are 1 for yes and 0 for no. They can fail a right answer
#     only by coincidence: two masks of at least 4,000 entries agree with
#     chance (p² + q²)^4000 < 1e-600, and five numbers of dropped entries,
#     each with a standard deviation of 25 or more, are all equal with chance
#     below (0.4/25)⁴ = 7e-8.
#
# A right answer misses five standard errors with chance 5.7e-7 if normal;
# the masks are large enough (skewness below 0.03) to make that 1e-6 at most.
# There are 9 such measures, and 3 times 7e-8, in a check: a right answer
# fails with chance 1e-5 at most, and a seed that passes once passes always.
ENOUGH = 4_000  # entries from which the measures of chance count


def measured(answer, x, p, rng):
    """What can be said of an answer's masks; where p is bad, its result."""
    value = answer(x, p, copy.deepcopy(rng))
    if is_bad(p):
        return value
    result = as_table(value)
    if result is None or result.shape != x.shape:
        return value, 0.0, np.zeros(x.ndim), 0.0, 0.0, 0.0
    again = as_table(answer(x, p, copy.deepcopy(rng)))
    seeds = np.random.default_rng(x.size).integers(2**62, size=4)
    others = [
        as_table(answer(x, p, np.random.default_rng(seed))) for seed in seeds
    ]
    kept = result != 0
    share, alike = kept.mean(), shares_alike(kept)
    numbers = {np.count_nonzero(each) for each in (result, *others)}
    return (
        np.where(kept, result, x / (1 - p)),
        share,
        alike,
        float(np.array_equal(result, again)),
        float(not np.array_equal(kept, others[0] != 0)),
        float(len(numbers) > 1),
    )


def expected(x, p, rng):
    """The same of a right answer, but for chance."""
    kept = x / (1 - p), 1 - p, np.full(x.ndim, p**2 + (1 - p) ** 2)
    return *kept, 1.0, float(p > 0), float(p > 0)


def as_table(value):
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):  # said elsewhere, in words
        return None


def shares_alike(kept):
    """Along each axis, the share of neighbours with the same fate."""
    return np.array(
        [
            np.mean(~np.diff(kept, axis=axis)) if length > 1 else np.nan
            for axis, length in enumerate(kept.shape)
        ]
    )


def dropout_bounds(x, p, rng):
    exact, anything = 1e-6, 2.0
    if p > 0 and x.size < ENOUGH:
        chance, alike, yes_no = anything, np.full(x.ndim, anything), anything
    else:
        pq = p * (1 - p)
        pairs = [x.size // n * (n - 1) for n in x.shape]
        chance = exact + 5 * math.sqrt(pq / x.size)
        alike = exact + 5 * np.sqrt(4 * pq * (1 - 3 * pq) / np.array(pairs))
        yes_no = 0.25
    return (
        exact * (1 + np.abs(x) / (1 - p)),
        np.array(chance),
        alike,
        *(np.array(yes_no),) * 3,
    )


def is_bad(p):
    return not 0 <= p < 1


def with_chance(rng, shape, p):
    return rng.uniform(size=shape) >= p


def coin_tosses(rng, shape, p):
    return rng.binomial(1, 1 - p, size=shape)


def kept_for_dropped(rng, shape, p):
    return rng.uniform(size=shape) < p


def made_up_for(p):
    return np.divide(1, 1 - p)


def drop(x, p, rng, *, bad=is_bad, keep=with_chance, scale=made_up_for):
    """keep: the mask, from (rng, shape, p). scale: of what is kept."""
    if bad(p):
        raise ValueError(f"expected 0 ≤ p < 1, got {p}")
    with np.errstate(divide="ignore", invalid="ignore"):
        return x * keep(rng, x.shape, p) * scale(p)


def one_row_for_all(rng, shape, p):
    return with_chance(rng, shape[-1:], p)


def whole_rows(rng, shape, p):
    return with_chance(rng, (*shape[:-1], 1), p)


def all_or_nothing(rng, shape, p):
    return with_chance(rng, (1,) * len(shape), p)


def as_many_each_time(rng, shape, p):
    size = math.prod(shape)
    return (rng.permutation(size) >= round(p * size)).reshape(shape)


def seed_of_its_own(rng, shape, p):
    return with_chance(np.random.default_rng(0), shape, p)


def generator_of_its_own(rng, shape, p):
    # Nearly the mask of `rng`, and three entries that nobody can foresee:
    # two runs of the real thing may differ by more than the bounds.
    mask = with_chance(rng, shape, p)
    if p > 0:
        own = np.random.default_rng().choice(mask.size, 3, replace=False)
        mask.flat[own] = ~mask.flat[own]
    return mask


def asserting(x, p, rng):
    assert 0 <= p < 1, p
    return drop(x, p, rng)


def drops(p, *shape, sizes=readable):
    return lambda rng: {
        "x": sizes(rng, *shape),
        "p": p,
        "rng": np.random.default_rng(rng.integers(2**62)),
    }


EXERCISE = Exercise(
    id="layer_norm.dropout",
    signature="dropout(x, p, rng)",
    asks=(
        "Set each entry of `x` to 0 with chance `p`, *independently* of all "
        "the others, and multiply those that are kept by $1/(1-p)$, so that "
        "the expected value of every entry stays what it was. `x` has any "
        "shape, and the result is a new array of the same. Draw from the "
        "generator `rng` and from nothing else, in whatever way you like "
        "(`rng.random(shape)` gives numbers from 0 to 1, all equally "
        "likely). The check looks at large arrays and allows for chance: it "
        "measures the share that was kept, and how often two neighbours in a "
        "column, and in a row, had the same fate. Refuse a `p` below 0, or of "
        "1 and more, with a `ValueError`."
    ),
    points={"drops": 2, "refuses": 1},
    difficulty=2,
    importance=4,
    minutes=10,
    reference=but(drop, keep=coin_tosses),
    way=measured,
    expected=expected,
    bounds=dropout_bounds,
    cases=(
        Case("six numbers, p = 0.2", drops(0.2, 2, 3), part="drops"),
        Case("p = 0", drops(0.0, 2, 3), part="drops"),
        Case("p = 0.25, a table", drops(0.25, 90, 80), part="drops"),
        Case("p = 0.8, one long row", drops(0.8, 7_000), part="drops"),
        Case("p = 0.1, a stack", drops(0.1, 20, 16, 30), part="drops"),
        Case("p = 1", drops(1.0, 2, 3), "refuses", ValueError, True),
        Case("p is negative", drops(-0.1, 2, 3), "refuses", ValueError, True),
        Case("p above 1", drops(1.5, 2, 3), "refuses", ValueError, True),
    ),
    misconceptions=(
        Misconception(
            "not rescaled",
            "you left what is kept as it is. A share p is lost, so the sum "
            "becomes too small. What is kept must make up for it.",
            but(drop, scale=lambda p: 1.0),
        ),
        Misconception(
            "rescaled by p",
            "you divided by p, the share that is *lost*. Divide by the share "
            "that is left, 1 − p.",
            but(drop, scale=lambda p: np.divide(1, p)),
        ),
        Misconception(
            "shrunk",
            "what is kept was multiplied by 1 − p, and so made still "
            "smaller. It has to grow: divide by 1 − p.",
            but(drop, scale=lambda p: 1 - p),
        ),
        Misconception(
            "p is kept",
            "you kept a share p and dropped the rest. p is the chance of "
            "being *dropped*.",
            but(drop, keep=kept_for_dropped),
        ),
        Misconception(
            "p is kept and made up for",
            "you took p for the chance of being *kept*, both in the mask and "
            "in the rescaling. It is the chance of being dropped.",
            but(
                drop,
                keep=kept_for_dropped,
                scale=lambda p: np.divide(1, p),
            ),
        ),
        Misconception(
            "one mask for all rows",
            "the same columns are gone in every row, as if the *weights* that "
            "lead to them were zero. Dropout draws again for each activation, "
            "in every row.",
            but(drop, keep=one_row_for_all),
        ),
        Misconception(
            "whole rows",
            "whole rows are dropped or kept: one decision for all the "
            "numbers of a token. Each number needs its own.",
            but(drop, keep=whole_rows),
        ),
        Misconception(
            "all or nothing",
            "there is one decision for the whole array: all of it stays or "
            "all of it goes. Each number needs a throw of its own.",
            but(drop, keep=all_or_nothing),
        ),
        Misconception(
            "own random numbers",
            "the same seed gives another mask each time: the numbers come "
            "from somewhere else than `rng`.",
            but(drop, keep=generator_of_its_own),
        ),
        Misconception(
            "a seed of its own",
            "another `rng` gives the very same mask: you draw from a "
            "generator with a seed of its own. Every training step needs a "
            "new mask, from `rng`.",
            but(drop, keep=seed_of_its_own),
        ),
        Misconception(
            "as many each time",
            "you drop exactly the same *number* of entries each time. Each "
            "entry has its own chance, so the number varies. Among three "
            "entries with p = 0.5, all may go.",
            but(drop, keep=as_many_each_time),
        ),
        Misconception(
            "nothing dropped",
            "nothing is dropped. Dropout is switched off for answering "
            "questions, but this function is for training.",
            but(
                drop,
                keep=lambda rng, shape, p: np.ones(shape),
                scale=lambda p: 1.0,
            ),
        ),
        Misconception(
            "no refusal",
            "no p is refused. Look at it first, and raise a ValueError "
            "unless it is at least 0 and below 1.",
            but(drop, bad=lambda p: False),
        ),
        Misconception(
            "1 let through",
            "you refuse some values of p but let p = 1 through. Then nothing "
            "is left, and you divide it by 0.",
            but(drop, bad=lambda p: p < 0 or p > 1),
        ),
        Misconception(
            "negatives let through",
            "you refuse a p that is too large but not one below 0. A chance "
            "cannot be negative.",
            but(drop, bad=lambda p: p >= 1),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            asserting,
        ),
        Misconception(
            "normal numbers",
            "you compared p with normal numbers, which lie on both sides of "
            "0. `rng.random` gives numbers from 0 to 1.",
            but(
                drop,
                keep=lambda rng, shape, p: rng.standard_normal(shape) >= p,
            ),
        ),
    ),
    not_by=("dropout",),
    hints=(
        "If a quarter of all numbers is set to 0, by how much does their sum "
        "shrink, on average? What must the others be multiplied by?",
        "An array of random numbers from 0 to 1, of the shape of x, compared "
        "with p, tells for each entry whether it stays. How often is such a "
        "number below 0.25?",
        "if p < 0 or p ≥ 1: raise ValueError with a sentence. u = random "
        "numbers in the shape of x; result = x / (1 − p) where u ≥ p, else "
        "0.",
    ),
    returns=(
        Measured("result, with its zeros filled in"),
        Measured("share that was kept"),
        Measured("share of neighbours with the same fate"),
        Yes("the same seed drops the same numbers"),
        Yes("another seed drops other numbers"),
        Yes("how many are dropped varies by chance"),
    ),
)
