"""The exercise `scaling.dot_product_variance`."""

import copy
import math

import numpy as np

from byhand.exercise import Case, Exercise, Misconception, Yes


# A product x·y of two unit normals has mean 0, variance 1 and fourth moment
# 3 · 3 = 9, so kurtosis 9. Fourth cumulants of independent terms add up:
# that of a sum of d_k products is 6 d_k, its kurtosis 3 + 6/d_k. The
# variance of a sample variance of N is therefore
#     σ⁴ (kurtosis − 1) / N = d_k² (2 + 6/d_k) / N,
# up to terms in 1/N² in which dividing by N, dividing by N − 1 and using the
# known mean 0 differ.
#
# How often a right answer misses by five of these standard errors: a normal
# estimate would once in 1.7 million cases. This one is skewed, most of all
# at d_k = 1, where the squared score has skewness 200/8^1.5 = 8.8 and excess
# kurtosis 156; over N = 20,000 the skewness falls to 0.063, and the
# Edgeworth series makes the upper tail about 2.9 times the normal one. That
# is below 1e-6 a case and 5e-6 a check, and a seed that passes once passes
# always.
def variance_bounds(d_k, samples, rng):
    five_errors = 5 * d_k * math.sqrt((2 + 6 / d_k) / samples)
    # The last three are 1 for yes and 0 for no.
    yes_no = np.array(0.25)
    return np.array(five_errors), yes_no, yes_no, yes_no


def measured(answer, d_k, samples, rng):
    """The variance, and whether `rng` and nothing else decides it."""
    few = min(samples, 40)
    first, again = (answer(d_k, few, copy.deepcopy(rng)) for _ in range(2))
    other = answer(d_k, few, np.random.default_rng(rng.integers(2**62)))
    before = rng.bit_generator.state["state"]
    value = answer(d_k, samples, rng)
    after = rng.bit_generator.state["state"]
    repeats, varies = same(first, again), not same(first, other)
    # A normal number takes a draw of 64 bits at least, one of float32 half.
    enough = draws_between(before, after) >= samples * d_k
    return value, float(repeats), float(varies), float(enough)


def draws_between(before, after):
    """How often a PCG64 was drawn from, from its state before and after.

    The state is a linear congruential generator's, so the distance is found
    bit by bit (Brown 1994, "Random number generation with arbitrary
    strides").
    """
    if before["inc"] != after["inc"]:  # another generator's
        return 0
    mask, multiplier = 2**128 - 1, 0x2360ED051FC65DA44385DF649FCCF645
    state, plus, distance, bit = before["state"], before["inc"], 0, 1
    while state != after["state"] and bit <= mask:
        if (state ^ after["state"]) & bit:
            state = (state * multiplier + plus) & mask
            distance |= bit
        bit <<= 1
        plus = ((multiplier + 1) * plus) & mask
        multiplier = (multiplier * multiplier) & mask
    return distance


def same(one, other):
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-12)
    except (TypeError, ValueError):  # not a number, which is said elsewhere
        return one is other


def expected(d_k, samples, rng):
    """The same of a right answer, but for chance."""
    return float(d_k), 1.0, 1.0, 1.0


def of(d_k, samples):
    return lambda rng: {
        "d_k": d_k,
        "samples": samples,
        "rng": np.random.default_rng(rng.integers(2**62)),
    }


def draws(d_k, samples, rng):
    return rng.standard_normal((2, samples, d_k))


def dots(d_k, samples, rng):
    queries, keys = draws(d_k, samples, rng)
    return np.einsum("sd,sd->s", queries, keys)


def one_query_for_all(d_k, samples, rng):
    query = rng.standard_normal(d_k)
    return np.var(rng.standard_normal((samples, d_k)) @ query)


def one_vector_drawn_last(d_k, samples, rng):
    many = rng.standard_normal((samples, d_k))
    return np.var(many @ rng.standard_normal(d_k))


def against_itself(d_k, samples, rng):
    vectors = rng.standard_normal((samples, d_k))
    return np.var(np.sum(vectors**2, axis=1))


def over_the_samples(d_k, samples, rng):
    queries, keys = draws(d_k, samples, rng)
    return np.var(np.sum(queries * keys, axis=0))


def uniform_numbers(d_k, samples, rng):
    queries, keys = rng.random((2, samples, d_k))
    return np.var(np.sum(queries * keys, axis=1))


def uniform_both_ways(d_k, samples, rng):
    queries, keys = rng.uniform(-1, 1, (2, samples, d_k))
    return np.var(np.sum(queries * keys, axis=1))


def generator_of_its_own(d_k, samples, rng):
    # The exact expectation and a trace of chance: a run of the real thing
    # is within the bounds of it, while two real runs need not be.
    return d_k * (1 + 1e-6 * np.random.default_rng().standard_normal())


def mean_of_dots(d_k, samples, rng):
    return float(np.mean(dots(d_k, samples, rng)))


EXERCISE = Exercise(
    id="scaling.dot_product_variance",
    signature="dot_product_variance(d_k, samples, rng) -> float",
    asks=(
        "Measure how far the dot product of two random vectors spreads. "
        "Draw `samples` queries and as many keys, each with `d_k` numbers "
        "from the standard normal distribution (mean 0, variance 1). Take "
        "the dot product of query 0 with key 0, of query 1 with key 1, and "
        "so on. (Every query against every key would be a table too large "
        "for memory.) Return the **variance** of these `samples` dot "
        "products, one float. Draw from the generator `rng` and from nothing "
        "else, so that the same seed gives the same result: "
        "`rng.standard_normal(shape)` gives an array. The check allows for "
        "chance."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=lambda *given: np.var(dots(*given)),
    way=measured,
    expected=expected,
    bounds=variance_bounds,
    cases=(
        Case("one number a vector", of(1, 20_000)),
        Case("two numbers a vector", of(2, 10_000)),
        Case("four numbers a vector", of(4, 40_000)),
        Case("sixteen numbers a vector", of(16, 20_000)),
        Case("sixty-four numbers a vector", of(64, 5_000)),
    ),
    misconceptions=(
        Misconception(
            "standard deviation",
            "this is the standard deviation, the root of the variance. Return "
            "its square.",
            lambda d_k, samples, rng: np.std(dots(d_k, samples, rng)),
        ),
        Misconception(
            "already scaled",
            "your result is near 1 whatever d_k is. Either you divided the "
            "dot products by √d_k, which is the cure and comes later. Or you "
            "never added the products up over the d_k numbers.",
            lambda d_k, samples, rng: np.var(dots(d_k, samples, rng)) / d_k,
        ),
        Misconception(
            "mean over d_k",
            "your result shrinks as d_k grows: you *averaged* the d_k "
            "products. A dot product is their sum.",
            lambda d_k, samples, rng: np.var(dots(d_k, samples, rng) / d_k),
        ),
        Misconception(
            "uniform numbers",
            "your vectors have numbers from 0 to 1, all equally likely. Draw "
            "standard normal ones, of mean 0 and variance 1.",
            uniform_numbers,
        ),
        Misconception(
            "uniform both ways",
            "your vectors have numbers from −1 to 1, all equally likely. "
            "Their mean is 0, but their variance is a third. Standard normal "
            "ones have variance 1.",
            uniform_both_ways,
        ),
        Misconception(
            "one shared query",
            "all keys meet the same query here, so that everything depends "
            "on the length it happens to have. Every key needs a fresh one.",
            one_query_for_all,
        ),
        Misconception(
            "one shared vector",
            "one vector takes part in every dot product here, and its length "
            "decides everything. Draw as many queries as keys.",
            one_vector_drawn_last,
        ),
        Misconception(
            "against itself",
            "each query meets itself: that is a squared length, with twice "
            "the variance and a mean of d_k. The keys need numbers of their "
            "own.",
            against_itself,
        ),
        Misconception(
            "over the samples",
            "your sum ran along the wrong axis: over the samples. Add up over "
            "the numbers of a vector.",
            over_the_samples,
        ),
        Misconception(
            "variance of d_k",
            "another `rng` gives the very same number. You returned what "
            "theory says, or drew from a generator with its own seed. Measure "
            "it, with numbers drawn from `rng`.",
            lambda d_k, samples, rng: float(d_k),
        ),
        Misconception(
            "known beforehand",
            "your result follows from a formula: you drew far fewer numbers "
            "than that many queries and keys have. Draw them, and measure.",
            lambda d_k, samples, rng: d_k * (1 + 1e-6 * rng.standard_normal()),
        ),
        Misconception(
            "own random numbers",
            "the same seed gives another result each time: your numbers come "
            "from somewhere else than `rng`. Nobody could repeat your "
            "measurement.",
            generator_of_its_own,
        ),
        Misconception(
            "mean",
            "this is the mean of the dot products, near 0. Return their "
            "variance: how far they spread.",
            mean_of_dots,
        ),
    ),
    hints=(
        "If samples is 3 and d_k is 2, how many numbers do you draw in all, "
        "and how many dot products come out?",
        "Two arrays of shape (samples, d_k), multiplied entry by entry and "
        "added up along one axis, give one number a sample. NumPy knows the "
        "variance of those.",
        "queries, keys = two draws of shape (samples, d_k); dots = sum of "
        "queries × keys along axis 1; result = variance of dots.",
    ),
    returns=(
        "variance",
        Yes("the same seed gives the same variance"),
        Yes("another seed gives another variance"),
        Yes("as many numbers are drawn from `rng` as it takes"),
    ),
)
