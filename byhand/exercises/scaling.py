"""Lesson 08: why scores are divided by √d_k, and what happens if not.

The references come from BLAS, SciPy and PyTorch's automatic differentiation;
that dot products of unit normals have variance d_k is worked out beside
`dot_product_variance`.
"""

import copy
import math

import numpy as np
import scipy.linalg.blas
import scipy.special

from byhand.exercise import Case, Exercise, Fact, Misconception, readable

LESSON = "08_scaling"


def wrong_softmax(z):
    """For the misconceptions: right, but not stable."""
    powers = np.exp(z)
    return powers / np.sum(powers, axis=-1, keepdims=True)


# --- scaled_scores ---------------------------------------------------------


def scores_times(factor):
    """An answer whose scores are QKᵀ · factor(Q, K), by BLAS."""

    def answer(Q, K):
        scale = float(factor(Q, K))
        return scipy.linalg.blas.dgemm(scale, Q, K, trans_b=True)

    return answer


right_scores = scores_times(lambda Q, K: 1 / math.sqrt(K.shape[1]))
plain_scores = scores_times(lambda Q, K: 1)


def pair(rng, n, m, d):
    return {"Q": readable(rng, n, d), "K": readable(rng, m, d)}


def standardised(Q, K):
    scores = plain_scores(Q, K)
    return scores / scores.std()


scaled_scores = Exercise(
    id="scaling.scaled_scores",
    signature="scaled_scores(Q, K)",
    asks=(
        "Every query against every key, divided by $\\sqrt{d_k}$. `Q` is "
        "`(n, d_k)`, `K` is `(m, d_k)`, and the result is `(n, m)`: the "
        "numbers that the softmax gets. The width $d_k$ is not given: read "
        "it off the arrays."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=right_scores,
    cases=(
        Case("one query, one key", lambda rng: pair(rng, 1, 1, 9)),
        Case("one query, three keys", lambda rng: pair(rng, 1, 3, 2)),
        Case("two queries, three keys", lambda rng: pair(rng, 2, 3, 5)),
        Case("three queries, two keys", lambda rng: pair(rng, 3, 2, 7)),
    ),
    misconceptions=(
        Misconception(
            "not scaled",
            "these are the plain dot products; the division by √d_k is "
            "missing.",
            plain_scores,
        ),
        Misconception(
            "divided by d_k",
            "you divided by d_k where its square root should stand. That "
            "also happens when queries *and* keys are both divided by √d_k.",
            scores_times(lambda Q, K: 1 / K.shape[1]),
        ),
        Misconception(
            "root of the number of queries",
            "you divided by the root of how many queries there are. d_k is "
            "how many numbers *one* query has.",
            scores_times(lambda Q, K: len(Q) ** -0.5),
        ),
        Misconception(
            "root of the number of keys",
            "you divided by the root of how many keys there are. d_k is how "
            "many numbers *one* key has: the length of a row.",
            scores_times(lambda Q, K: len(K) ** -0.5),
        ),
        Misconception(
            "multiplied by the root",
            "wide vectors make your scores even larger: you multiplied by "
            "√d_k where it should divide.",
            scores_times(lambda Q, K: K.shape[1] ** 0.5),
        ),
        Misconception(
            "always 2",
            "you divided by 2 whatever the width. √d_k was 2 in lesson 7 "
            "because the vectors there had four numbers.",
            scores_times(lambda Q, K: 0.5),
        ),
        Misconception(
            "half of d_k",
            "you divided by d_k and then by 2: a power is worked out before "
            "a division. Brackets round the fraction in the exponent make it "
            "a root.",
            scores_times(lambda Q, K: 0.5 / K.shape[1]),
        ),
        Misconception(
            "fourth root",
            "you divided by the *fourth* root of d_k. If you scale the "
            "queries alone before the product, they need all of √d_k; the "
            "fourth root is right only when the keys get it too.",
            scores_times(lambda Q, K: K.shape[1] ** -0.25),
        ),
        Misconception(
            "measured spread",
            "you divided by how far *these* scores spread, which another "
            "sentence would change. √d_k depends on the width alone.",
            standardised,
        ),
        Misconception(
            "already weights",
            "these rows add up to 1: you took the softmax already. It comes "
            "after what is asked for.",
            lambda Q, K: scipy.special.softmax(right_scores(Q, K), axis=-1),
        ),
        Misconception(
            "keys first",
            "these are keys against queries: rows should belong to queries "
            "and columns to keys.",
            lambda Q, K: right_scores(K, Q),
        ),
        Misconception(
            "not transposed",
            "a matrix product runs along the columns of the first and the "
            "rows of the second matrix, and the keys lie in the rows of K. "
            "They have to become columns first.",
            lambda Q, K: Q @ K / math.sqrt(K.shape[1]),
        ),
    ),
    hints=(
        "In the first case the vectors have nine numbers. What are the "
        "scores divided by?",
        "Start from the table of all dot products; then divide the whole "
        "table by one number, the root of how many columns K has.",
        "scores = Q times the transpose of K; d_k = number of columns of K; "
        "result = scores / square root of d_k.",
    ),
    returns=("scores",),
)


# --- softmax_jacobian ------------------------------------------------------


def jacobian(z, of=None):
    """Row i: how result i moves with each entry of z, by autograd."""
    import torch  # takes seconds, and only this exercise needs it

    def softmax(t):
        return torch.softmax(t, dim=-1)

    z = torch.from_numpy(np.array(z, dtype=float))
    return torch.autograd.functional.jacobian(of or softmax, z).numpy()


def jacobian_from(p):
    """Of a learner who goes wrong before or after the weights p."""
    return np.diag(p) - p[:, None] * p[None, :]


def jacobian_of_logarithm(z):
    import torch

    return jacobian(z, lambda t: torch.log_softmax(t, dim=-1))


def jacobian_of_powers(z):
    import torch

    return jacobian(z, torch.exp)


def right_weights(z):
    return scipy.special.softmax(z, axis=-1)


def diagonal_alone(z):
    return np.diag(np.diag(jacobian(z)))


def products_alone(z):
    p = right_weights(z)
    return -np.outer(p, p)


def product_added(z):
    p = right_weights(z)
    return np.diag(p) + np.outer(p, p)


def squares_for_products(z):
    p = right_weights(z)
    return np.diag(p) - p * p


def one_number_for_products(z):
    p = right_weights(z)
    return np.diag(p) - p @ p


def equal_scores(rng):
    return {"z": np.repeat(readable(rng), 2)}


softmax_jacobian = Exercise(
    id="scaling.softmax_jacobian",
    signature="softmax_jacobian(z) -> (n, n)",
    asks=(
        "How does every weight move when one score moves? `z` is `(n,)`, "
        "the scores of one query, and $p$ is their softmax. Return the "
        "`(n, n)` table of all slopes: row *i*, column *j* is how fast "
        "weight *i* grows with score *j*, $p_i - p_i p_i$ on the diagonal "
        "and $-p_i p_j$ everywhere else. It must be finite for any finite "
        "scores."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=10,
    reference=jacobian,
    cases=(
        Case("two equal scores", equal_scores),
        Case("three scores", lambda rng: {"z": readable(rng, 3)}),
        Case("four scores", lambda rng: {"z": readable(rng, 4)}),
        Case("scores near 1000", lambda rng: {"z": 1000 + readable(rng, 3)}),
        Case(
            "one score far above the others",
            lambda rng: {"z": readable(rng, 4) + np.array([0, 0, 2000, 0])},
        ),
    ),
    misconceptions=(
        Misconception(
            "diagonal only",
            "off the diagonal there are zeros. But raising one score takes "
            "weight away from *all* the others, since they share a whole.",
            diagonal_alone,
        ),
        Misconception(
            "products missing",
            "you have only the weights on the diagonal: the products of any "
            "two weights still have to be taken away.",
            lambda z: np.diag(right_weights(z)),
        ),
        Misconception(
            "diagonal missing",
            "you have only the products. On the diagonal each weight itself "
            "has to be added.",
            products_alone,
        ),
        Misconception(
            "sign of the products",
            "the products are added where they should be taken away: when "
            "one word's score rises, the *other* words lose weight.",
            product_added,
        ),
        Misconception(
            "sign off the diagonal",
            "the diagonal is right; beside it a minus is missing. When one "
            "word's score rises, the *other* words lose weight.",
            lambda z: np.abs(jacobian(z)),
        ),
        Misconception(
            "turned round",
            "every sign is turned round. A word whose own score rises gets "
            "more weight, not less.",
            lambda z: -jacobian(z),
        ),
        Misconception(
            "squares for products",
            "you took away each column's own weight squared, in every row. "
            "In row i, column j stands the product of the two *different* "
            "weights i and j.",
            squares_for_products,
        ),
        Misconception(
            "one number for the products",
            "you took the same number away everywhere: the dot product of "
            "the weights with themselves. What is needed is a table with "
            "the product of every pair.",
            one_number_for_products,
        ),
        Misconception(
            "scores taken for weights",
            "you put the scores themselves into the formula. It is about the "
            "weights: take the softmax first.",
            jacobian_from,
        ),
        Misconception(
            "a vector of slopes",
            "this is only how each weight moves with its *own* score, one "
            "number a word. The table also says how it moves with all other "
            "scores.",
            lambda z: np.diag(jacobian(z)),
        ),
        Misconception(
            "of the logarithm",
            "these are the slopes of the *logarithm* of the softmax. A row "
            "is missing the factor of its own weight.",
            jacobian_of_logarithm,
        ),
        Misconception(
            "of the exponential",
            "these are the slopes of e to the score alone. The division by "
            "the sum moves too when a score moves.",
            jacobian_of_powers,
        ),
        Misconception(
            "overflows",
            "e to the 1000 is larger than any float64. Use a softmax that "
            "takes the largest score away first.",
            lambda z: jacobian_from(wrong_softmax(z)),
        ),
    ),
    hints=(
        "Two words share the attention half and half, p = (0.5, 0.5). What "
        "are the four slopes? And what does each row add up to?",
        "Two tables of shape (n, n): one with the weights on its diagonal "
        "and zeros elsewhere, one with the product of every pair of "
        "weights. NumPy has a function for each.",
        "p = softmax of z; table[i][j] = (p[i] if i equals j, else 0) "
        "− p[i] × p[j].",
    ),
    returns=("jacobian",),
    facts=(
        Fact(
            "every row adds up to 0, since all weights together stay 1",
            lambda J: bool(np.allclose(J.sum(axis=-1), 0)),
        ),
        Fact("the table is symmetric", lambda J: bool(np.allclose(J, J.T))),
    ),
)


# --- dot_product_variance --------------------------------------------------

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
    # The last two are 1 for yes and 0 for no.
    return np.array(five_errors), np.array(0.25), np.array(0.25)


def measured(answer, d_k, samples, rng):
    """The variance, and whether `rng` and nothing else decides it."""
    few = min(samples, 40)
    first, again = (answer(d_k, few, copy.deepcopy(rng)) for _ in range(2))
    other = answer(d_k, few, np.random.default_rng(rng.integers(2**62)))
    value = answer(d_k, samples, rng)
    repeats, varies = same(first, again), not same(first, other)
    return value, float(repeats), float(varies)


def same(one, other):
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-12)
    except (TypeError, ValueError):  # not a number, which is said elsewhere
        return one is other


def expected_variance(d_k, samples, rng):
    # Exact, but for a trace of the generator that shows it was used.
    return d_k * (1 + 1e-6 * rng.standard_normal())


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
    return expected_variance(d_k, samples, np.random.default_rng())


def of(d_k, samples):
    return lambda rng: {
        "d_k": d_k,
        "samples": samples,
        "rng": np.random.default_rng(rng.integers(2**62)),
    }


dot_product_variance = Exercise(
    id="scaling.dot_product_variance",
    signature="dot_product_variance(d_k, samples, rng) -> float",
    asks=(
        "Measure how far the dot product of two random vectors spreads. "
        "Draw `samples` queries and as many keys, each with `d_k` numbers "
        "from the standard normal distribution (mean 0, variance 1); take "
        "the dot product of each query with the key of its own number, and "
        "with no other (a table of every query against every key would not "
        "fit into memory); and return the **variance** of these `samples` "
        "dot products, one float. Draw from the generator `rng` and from "
        "nothing else (`rng.standard_normal(shape)` gives an array), so that "
        "the same seed gives the same result. The check allows for chance."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=expected_variance,
    call=measured,
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
            "this is the standard deviation, the root of what is asked for. "
            "The variance is its square.",
            lambda d_k, samples, rng: np.std(dots(d_k, samples, rng)),
        ),
        Misconception(
            "already scaled",
            "your result is near 1 whatever d_k is. Either the dot products "
            "were divided by √d_k, which is the cure and not yet asked for, "
            "or the products were never added up over the d_k numbers.",
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
            "these vectors have numbers from 0 to 1, all equally likely. "
            "Standard normal ones are asked for, of mean 0 and variance 1.",
            uniform_numbers,
        ),
        Misconception(
            "uniform both ways",
            "these vectors have numbers from −1 to 1, all equally likely: "
            "their mean is 0, but their variance is a third. Standard "
            "normal ones have variance 1.",
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
            "you added up over the samples and not over the numbers of a "
            "vector: the sum ran along the wrong axis.",
            over_the_samples,
        ),
        Misconception(
            "variance of d_k",
            "you returned what theory says, or drew from a generator with a "
            "seed of its own: another `rng` gives the very same number. "
            "Measure it, with numbers drawn from `rng`.",
            lambda d_k, samples, rng: float(d_k),
        ),
        Misconception(
            "own random numbers",
            "the same seed gives another result each time: the numbers come "
            "from somewhere else than `rng`, and nobody could repeat your "
            "measurement.",
            generator_of_its_own,
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
        "same_seed_gives_the_same",
        "other_seed_gives_another",
    ),
)


# --- attention_entropy -----------------------------------------------------


def shares(rng, *shape):
    """Weights above 0, in tenths, in rows that add up to 1."""
    *rows, m = shape
    parts = 1 + rng.multinomial(10 - m, np.full(m, 1 / m), size=rows)
    return parts / 10


def with_zeros(rng, n, m):
    """As `shares`, but at least one weight in every row is 0."""
    weights = np.zeros((n, m))
    weights[:, 1:] = shares(rng, n, m - 1)
    return rng.permuted(weights, axis=1)


def all_on_one(rng, n, m):
    return np.eye(m)[rng.integers(m, size=n)]


def right_entropy(weights, axis=-1):
    return scipy.special.entr(weights).sum(axis=axis)


attention_entropy = Exercise(
    id="scaling.attention_entropy",
    signature="attention_entropy(weights)",
    asks=(
        "How evenly does each query share itself out? Return the entropy of "
        "every row, $H = -\\sum_j w_j \\ln w_j$, with the natural logarithm "
        "(in *nats*). `weights` is `(…, n, m)`, one query a row, each row "
        "adding up to 1; the result is `(…, n)`, one number a query. A "
        "weight of 0 adds 0."
    ),
    points=2,
    difficulty=2,
    importance=3,
    minutes=10,
    reference=right_entropy,
    cases=(
        Case(
            "one query, two weights",
            lambda rng: {"weights": shares(rng, 1, 2)},
        ),
        Case(
            "two queries, three weights",
            lambda rng: {"weights": shares(rng, 2, 3)},
        ),
        Case(
            "all on one key",
            lambda rng: {"weights": all_on_one(rng, 1, 3)},
        ),
        Case(
            "three queries, some weights are 0",
            lambda rng: {"weights": with_zeros(rng, 3, 5)},
        ),
        Case(
            "the same share for each of four",
            lambda rng: {"weights": np.full((2, 4), 0.25)},
        ),
        Case(
            "a stack of matrices",
            lambda rng: {"weights": shares(rng, 2, 3, 4)},
        ),
    ),
    misconceptions=(
        Misconception(
            "NaN for zeros",
            "0 times the logarithm of 0 is not a number to a computer. It "
            "should count as 0, which is what it comes to as a weight "
            "shrinks to nothing.",
            lambda weights: -np.sum(weights * np.log(weights), axis=-1),
        ),
        Misconception(
            "in bits",
            "this is in bits, with the logarithm to base 2. Nats use the "
            "natural logarithm.",
            lambda weights: right_entropy(weights) / np.log(2),
        ),
        Misconception(
            "base 10",
            "you used the logarithm to base 10. Nats use the natural one.",
            lambda weights: right_entropy(weights) / np.log(10),
        ),
        Misconception(
            "sign",
            "the sign is missing. Logarithms of numbers below 1 are "
            "negative, and the minus in front makes the entropy positive.",
            lambda weights: -right_entropy(weights),
        ),
        Misconception(
            "over the queries",
            "you added up over the queries, along the columns. A row is one "
            "query's weights, and each query has an entropy.",
            lambda weights: right_entropy(weights, axis=-2),
        ),
        Misconception(
            "one number for all",
            "you added everything up. The result has one number for each "
            "query.",
            lambda weights: right_entropy(weights, axis=None),
        ),
        Misconception(
            "mean for sum",
            "you averaged over the keys; the entropy is the sum.",
            lambda weights: right_entropy(weights) / weights.shape[-1],
        ),
        Misconception(
            "not weighted",
            "you added up the logarithms as they are. Each counts by its own "
            "weight.",
            lambda weights: np.sum(-np.log(weights), axis=-1),
        ),
        Misconception(
            "as a share of the most",
            "you divided by the largest entropy that is possible. That is a "
            "useful number too, but not in nats.",
            lambda weights: right_entropy(weights) / np.log(weights.shape[-1]),
        ),
        Misconception(
            "perplexity",
            "this is e to the entropy: how many keys the query seems to look "
            "at. The entropy itself is asked for.",
            lambda weights: np.exp(right_entropy(weights)),
        ),
        Misconception(
            "terms not added up",
            "these are the terms, one a weight. Their sum over each row is "
            "still missing.",
            scipy.special.entr,
        ),
    ),
    not_by=("entropy",),
    hints=(
        "What is the entropy of (0.5, 0.5)? And of (1, 0), if a weight of 0 "
        "adds nothing?",
        "The logarithm of 0 has to be kept out: put 1 in place of the zeros "
        "*inside the logarithm*, and the term becomes 0 × 0.",
        "safe = weights with every 0 replaced by 1; result = −(sum over the "
        "last axis of weights × natural logarithm of safe).",
    ),
    returns=("entropy",),
    facts=(
        Fact(
            "no entropy is below 0",
            lambda entropy: bool((entropy >= 0).all()),
        ),
    ),
)


# --- softmax_with_temperature ----------------------------------------------


def sharpen(z, temperature):
    """Right for any finite scores and any temperature above 0.

    By ratios, 1 / Σⱼ exp((zⱼ − zᵢ) / T): an overflow makes a weight 0.
    """
    with np.errstate(over="ignore"):
        gaps = np.asarray(z)[..., None, :] - np.asarray(z)[..., :, None]
        return 1 / np.exp(gaps / temperature).sum(axis=-1)


def sharpen_or_refuse(z, temperature):
    if not temperature > 0:
        raise ValueError(f"temperature should be above 0, got {temperature}")
    return sharpen(z, temperature)


def refusing(weights):
    """An answer that refuses well, and then goes wrong."""

    def answer(z, temperature):
        if not temperature > 0:
            raise ValueError("temperature should be above 0")
        return weights(z, temperature)

    return answer


def refuses_only(bad):
    """An answer that goes wrong in what it refuses."""

    def answer(z, temperature):
        if bad(temperature):
            raise ValueError("temperature should be above 0")
        z = z - np.max(z, axis=-1, keepdims=True)
        return scipy.special.softmax(z / np.float64(temperature), axis=-1)

    return answer


def asserting(z, temperature):
    assert temperature > 0
    return sharpen(z, temperature)


def one_maximum(z, temperature):
    return wrong_softmax((z - np.max(z)) / temperature)


def warm(rng, temperature, *shape):
    return {"z": readable(rng, *shape), "temperature": temperature}


softmax_with_temperature = Exercise(
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
            refusing(lambda z, temperature: sharpen(z, 1 / temperature)),
        ),
        Misconception(
            "temperature forgotten",
            "this is the plain softmax: the temperature changes nothing. "
            "(Adding the same number to all scores does not either.)",
            refusing(lambda z, temperature: sharpen(z, 1)),
        ),
        Misconception(
            "after the softmax",
            "the rows do not add up to 1: you divided the weights. The "
            "temperature belongs to the scores, before the softmax.",
            refusing(
                lambda z, temperature: (
                    scipy.special.softmax(z, axis=-1) / temperature
                )
            ),
        ),
        Misconception(
            "softmax twice",
            "you divided the weights by the temperature and took the softmax "
            "again, which makes them nearly equal. Divide the scores, and "
            "take it once.",
            refusing(
                lambda z, temperature: sharpen(
                    scipy.special.softmax(z, axis=-1), temperature
                )
            ),
        ),
        Misconception(
            "root of the temperature",
            "you divided by the root of the temperature. The root belongs to "
            "d_k; a temperature divides as it is.",
            refusing(lambda z, temperature: sharpen(z, temperature**0.5)),
        ),
        Misconception(
            "overflows",
            "the formula is right, but e to the 1000 is larger than any "
            "float64. Take the largest score of each row away first.",
            refusing(lambda z, temperature: wrong_softmax(z / temperature)),
        ),
        Misconception(
            "divided first",
            "with a temperature near 0 the quotients themselves become too "
            "large for a float64, and ∞ − ∞ is not a number. Take the "
            "largest score away *before* anything grows: then it is 0, and "
            "stays 0 at any temperature.",
            refusing(
                lambda z, temperature: scipy.special.softmax(
                    z / temperature, axis=-1
                )
            ),
        ),
        Misconception(
            "one maximum for everything",
            "you take away the largest score of the *whole* array, and a row "
            "far below it becomes 0/0. Each row needs its own.",
            refusing(one_maximum),
        ),
        Misconception(
            "over the whole array",
            "all entries together add up to 1; each row should.",
            refusing(
                lambda z, temperature: sharpen(
                    z.reshape(-1), temperature
                ).reshape(z.shape)
            ),
        ),
        Misconception(
            "over the first axis",
            "the softmax runs along the first axis; it should run along the "
            "last one.",
            refusing(
                lambda z, temperature: np.moveaxis(
                    sharpen(np.moveaxis(z, 0, -1), temperature), -1, 0
                )
            ),
        ),
        Misconception(
            "no refusal",
            "nothing is refused. Look at the temperature before you divide, "
            "and raise a ValueError if it is 0 or below.",
            refuses_only(lambda temperature: False),
        ),
        Misconception(
            "zero let through",
            "you refuse temperatures below 0 but not 0 itself, by which "
            "nothing can be divided.",
            refuses_only(lambda temperature: temperature < 0),
        ),
        Misconception(
            "negatives let through",
            "you refuse 0 but not the numbers below it. A negative "
            "temperature would give the *worst* fit the largest weight.",
            refuses_only(lambda temperature: temperature == 0),
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
    facts=(
        Fact(
            "every row of weights adds up to 1",
            lambda w: bool(np.allclose(w.sum(axis=-1), 1) and (w >= 0).all()),
        ),
    ),
)

EXERCISES = (
    scaled_scores,
    softmax_jacobian,
    dot_product_variance,
    attention_entropy,
    softmax_with_temperature,
)
