"""The exercise `sentence_embeddings.spearman`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but


def by_library(a, b):
    from scipy import stats  # half a second, and not every exercise needs it

    if len(a) != len(b):
        raise ValueError(f"{len(a)} numbers against {len(b)}")
    return float(stats.spearmanr(a, b).statistic)


# --- what goes wrong -------------------------------------------------------


def shared(x):
    """Ranks from 1; equal values share the mean of theirs."""
    lower = (x[:, None] > x).sum(1)
    return lower + (1 + (x[:, None] == x).sum(1)) / 2


def smallest(x):
    return 1.0 + (x[:, None] > x).sum(1)


def largest(x):
    return 1.0 * (x[:, None] >= x).sum(1)


def in_turn(x):
    """No sharing: the earlier of two equals has the lower rank."""
    return 1.0 + np.argsort(np.argsort(x, kind="stable"))


def dense(x):
    return 1.0 + np.unique(x, return_inverse=True)[1]


def one_argsort(x):
    return 1.0 + np.argsort(x, kind="stable")


def as_they_are(x):
    return x


def falling(x):
    return len(x) + 1 - shared(x)


def pearson(x, y):
    x, y = x - x.mean(), y - y.mean()
    return (x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum())


def short_formula(x, y):
    n = len(x)
    return 1 - 6 * ((x - y) ** 2).sum() / (n * (n**2 - 1))


def cosine(x, y):
    return (x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum())


def covariance(x, y):
    return ((x - x.mean()) * (y - y.mean())).mean()


def mixed_up(x, y):
    """n − 1 above the line, n below it."""
    n = len(x)
    return pearson(x, y) * n / (n - 1)


def mixed_up_otherwise(x, y):
    """n above the line, n − 1 below it."""
    n = len(x)
    return pearson(x, y) * (n - 1) / n


def without_the_root(x, y):
    x, y = x - x.mean(), y - y.mean()
    return (x * y).sum() / ((x**2).sum() * (y**2).sum())


def slope(x, y):
    return covariance(x, y) / covariance(x, x)


def refuse(a, b):
    raise ValueError(f"{len(a)} numbers against {len(b)}")


def asserted(a, b):
    raise AssertionError


def shortened(a, b):
    n = min(len(a), len(b))
    return a[:n], b[:n]


def correlated(
    a,
    b,
    *,
    rank=shared,
    rank_b=None,
    join=pearson,
    finish=lambda found: found,
    unequal=refuse,
):
    if len(a) != len(b):
        shorter = unequal(a, b)
        if shorter is None:
            return None
        a, b = shorter
    x, y = (np.asarray(one, float) for one in (a, b))
    return finish(float(join(rank(x), (rank_b or rank)(y))))


def kendall(x, y):
    """Kendall's tau-b, of the values as they are."""
    signs = [np.sign(one[:, None] - one) for one in (x, y)]
    below = np.sqrt((signs[0] ** 2).sum() * (signs[1] ** 2).sum())
    return (signs[0] * signs[1]).sum() / below


def kendall_of_all_pairs(x, y):
    """Kendall's tau-a: a tie is a pair like any other."""
    signs = [np.sign(one[:, None] - one) for one in (x, y)]
    return (signs[0] * signs[1]).sum() / (len(x) * (len(x) - 1))


# --- cases -----------------------------------------------------------------


def several(n, *, ties=0, like=None, around_0=False):
    """So many numbers each, as lists.

    ties: so many of `a` are the same as another. like: −1 or 1 for a
    correlation that is below or above 0. around_0: whether some are below 0,
    and one is 0 in both. No wrong way of ranking gets the same number, where
    there is room for another.
    """

    def inputs(rng):
        while True:
            a = distinct(rng, n)
            b = distinct(rng, n)
            if around_0:
                a, b = ((x - x[0]).round(1) for x in (a, b))
            if ties:
                a[rng.permutation(n)[: ties + 1]] = a[0]
                b[rng.permutation(n)[:2]] = b[-1]
            if len({*a}) < 2 or len({*b}) < 2:
                continue
            right = correlated(a, b)
            if like is not None and like * right < 0.05:
                continue
            others = WITH_TIES if ties else WITHOUT
            others += (of_sizes, without_zeros) * around_0
            if all(abs(one(a, b) - right) > 1e-3 for one in others):
                return {"a": a.tolist(), "b": b.tolist()}

    return inputs


def distinct(rng, n):
    """Numbers that grow ever faster, in a random order."""
    steps = rng.integers(1, 20, n) * 1.5 ** np.arange(n)
    return rng.permutation((steps.cumsum() - 5).round(1))


of_sizes = but(correlated, rank=lambda x: shared(abs(x)))


def without_zeros(a, b):
    """Where both are 0, as if nothing were there."""
    kept = (a != 0) | (b != 0)
    if len({*a[kept]}) < 2 or len({*b[kept]}) < 2:
        return np.nan
    return correlated(a[kept], b[kept])


WITHOUT = (
    but(correlated, rank=as_they_are),
    but(correlated, rank=one_argsort),
    but(correlated, rank=as_they_are, join=kendall),
    but(correlated, rank_b=as_they_are),
)
WITH_TIES = (
    *WITHOUT,
    but(correlated, rank=smallest),
    but(correlated, rank=largest),
    but(correlated, rank=in_turn),
    but(correlated, rank=dense),
    but(correlated, join=short_formula),
)


def by_hand(rng):
    return {"a": [1.0, 2.0, 2.0, 4.0], "b": [10.0, 30.0, 20.0, 40.0]}


def two_of_each(rng):
    a, b = (np.sort(rng.permutation(np.arange(1.0, 20))[:2]) for _ in "ab")
    return {"a": a.tolist(), "b": b[::-1].tolist()}


def far_out(rng):
    """One value is far from all others, which a rank does not see.

    The other list has numbers that are the same in single precision.
    """
    while True:
        given = several(6)(rng)
        given["a"][int(np.argmax(given["a"]))] = 10_000.0
        large = 1e9 + np.array(given["b"])
        given["b"] = large.round(1).tolist()
        if len({*large.astype(np.float32)}) < len(large):
            return given


def of_lengths(n, m):
    return lambda rng: {
        "a": distinct(rng, n).tolist(),
        "b": distinct(rng, m).tolist(),
    }


EXERCISE = Exercise(
    id="sentence_embeddings.spearman",
    signature="spearman(a, b)",
    asks=(
        "Do two judges put things into the same order? `a` and `b` are "
        "lists of numbers, equally long, two numbers or more, and neither "
        "list is all the same. Replace each number by its rank in its list, "
        "1 for the smallest. Equal numbers **share the mean** of their "
        "ranks. Return the correlation of the two rows of ranks: with each "
        "row's mean subtracted, the sum of their products, divided by the "
        "root of the product of their sums of squares. Raise a `ValueError` "
        "with a sentence where the lists are of different lengths."
    ),
    points=2,
    difficulty=3,
    importance=3,
    minutes=8,
    reference=by_library,
    cases=(
        Case("two numbers each, in opposite order", two_of_each),
        Case("by hand, with a tie", by_hand),
        Case("five numbers, none alike", several(5, like=1)),
        Case("six numbers, in another order", several(6, like=-1)),
        Case(
            "seven numbers around 0, some alike",
            several(7, ties=2, around_0=True),
        ),
        Case("nine numbers, more alike", several(9, ties=4)),
        Case("eight numbers, rather opposite", several(8, ties=2, like=-1)),
        Case("one number far out, and large ones", far_out),
        Case("three against four", of_lengths(3, 4), raises=ValueError),
        Case("four against two", of_lengths(4, 2), raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "Pearson",
            "you correlated the numbers themselves. Replace them by their "
            "ranks first.",
            but(correlated, rank=as_they_are),
        ),
        Misconception(
            "only a is ranked",
            "you ranked `a` only. Replace the numbers of `b` by their ranks "
            "too.",
            but(correlated, rank_b=as_they_are),
        ),
        Misconception(
            "only b is ranked",
            "you ranked `b` only. Replace the numbers of `a` by their ranks "
            "too.",
            but(correlated, rank=as_they_are, rank_b=shared),
        ),
        Misconception(
            "argsort once",
            "one argsort gives no ranks. It says which number comes first, "
            "second, … The rank of a number is *where* it stands there.",
            but(correlated, rank=one_argsort),
        ),
        Misconception(
            "no shared ranks",
            "of two equal numbers the earlier gets the lower rank in yours. "
            "Equal numbers share the mean of their ranks.",
            but(correlated, rank=in_turn),
        ),
        Misconception(
            "smallest rank",
            "equal numbers get the smallest of their ranks in yours (or the "
            "largest, if your rank 1 is the largest number). They share the "
            "*mean*.",
            but(correlated, rank=smallest),
        ),
        Misconception(
            "largest rank",
            "equal numbers get the largest of their ranks in yours (or the "
            "smallest, if your rank 1 is the largest number). They share the "
            "*mean*.",
            but(correlated, rank=largest),
        ),
        Misconception(
            "dense ranks",
            "you numbered the *different* values. Behind two equal numbers a "
            "rank is left out: 1, 2.5, 2.5, 4.",
            but(correlated, rank=dense),
        ),
        Misconception(
            "short formula",
            "1 − 6Σd²/(n(n²−1)) holds where no numbers are equal. With ties "
            "it is wrong: take the correlation of the ranks.",
            but(correlated, join=short_formula),
        ),
        Misconception(
            "Kendall",
            "this is Kendall's tau, which counts pairs in the same order. "
            "Spearman's is the correlation of the ranks.",
            but(correlated, rank=as_they_are, join=kendall),
        ),
        Misconception(
            "Kendall of all pairs",
            "this is Kendall's tau, which counts pairs in the same order. "
            "Spearman's is the correlation of the ranks. And ties count as "
            "pairs in yours.",
            but(correlated, rank=as_they_are, join=kendall_of_all_pairs),
        ),
        Misconception(
            "cosine of the ranks",
            "you did not subtract the means of the ranks. Do so before you "
            "multiply.",
            but(correlated, join=cosine),
        ),
        Misconception(
            "covariance",
            "this is the covariance of the ranks. Divide by both standard "
            "deviations.",
            but(correlated, join=covariance),
        ),
        Misconception(
            "n − 1 and n mixed",
            "you divided by n − 1 above the line and by n below it. Use the "
            "same in both. Then it cancels.",
            but(correlated, join=mixed_up),
        ),
        Misconception(
            "n and n − 1 mixed",
            "you divided by n above the line and by n − 1 below it: "
            "`std` does that where nobody says otherwise. Use the same in "
            "both. Then it cancels.",
            but(correlated, join=mixed_up_otherwise),
        ),
        Misconception(
            "no root",
            "you divided by the product of the sums of squares. Divide by "
            "its *root*.",
            but(correlated, join=without_the_root),
        ),
        Misconception(
            "one variance only",
            "you divided by the variance of `a`'s ranks. Divide by both "
            "standard deviations.",
            but(correlated, join=slope),
        ),
        Misconception(
            "magnitude",
            "you dropped the sign. Opposite orders give −1.",
            but(correlated, finish=abs),
        ),
        Misconception(
            "squared",
            "you squared the correlation. Return it as it is, from −1 to 1.",
            but(correlated, finish=lambda found: found**2),
        ),
        Misconception(
            "opposite sign",
            "the sign is wrong. Perhaps one list is ranked from the largest, "
            "and the other from the smallest.",
            but(correlated, rank_b=falling),
        ),
        Misconception(
            "distance",
            "you return 1 minus the correlation. Return the correlation.",
            but(correlated, finish=lambda found: 1 - found),
        ),
        Misconception(
            "cut to the shorter",
            "lists of different lengths pass: you cut the longer. They "
            "cannot belong together: raise a ValueError.",
            but(correlated, unequal=shortened),
        ),
        Misconception(
            "None for different lengths",
            "for lists of different lengths nothing is returned. Raise a "
            "ValueError.",
            but(correlated, unequal=lambda a, b: None),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError, and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            but(correlated, unequal=asserted),
        ),
    ),
    hints=(
        "1, 2, 2, 4: which ranks would the two 2s have if they were a "
        "little different? What is their mean?",
        "The rank of x is 1, plus how many numbers are smaller, plus half of "
        "how many *others* equal it. Then it is a plain correlation.",
        "rank(x) = number below x + (number equal to x + 1) / 2; r, s = "
        "ranks minus their means; result = sum(r s) / √(sum(r²) sum(s²)).",
    ),
    returns=("correlation",),
    facts=(
        Fact(
            "the result is between −1 and 1",
            lambda r: bool(abs(r) <= 1 + 1e-9),
        ),
    ),
    not_by=("spearmanr", "rankdata", "kendalltau", "weightedtau"),
)
