"""Wrong answers to the exercises of lesson 23."""

import math

import numpy as np

from byhand.exercises.bagging.ensemble_variance import refused
from byhand.exercises.bagging.oob_predictions import right as judged
from byhand.exercises.bagging.oob_score import right as score
from byhand.exercises.bagging.out_of_bag import right as left_out


def skewed(n, size, rng):
    """The first point twice as likely as any other."""
    weights = np.r_[2, np.ones(n - 1)] / (n + 1)
    return rng.choice(n, size, p=weights)


def pairs(n, size, rng):
    """Each draw twice in a row."""
    return np.repeat(rng.integers(n, size=-(-size // 2)), 2)[:size]


def never_twice_in_a_row(n, size, rng):
    found = [int(rng.integers(n))]
    while len(found) < size:
        found.append(int((found[-1] + rng.integers(1, n)) % n))
    return found


def shuffled_twice(n, size, rng):
    """Every point twice in a deck, and dealt without putting back."""
    deck = np.concatenate(
        [
            rng.permutation(np.repeat(np.arange(n), 2))
            for _ in range(-(-size // (2 * n)))
        ]
    )
    return deck[:size]


def antithetic(n, size, rng):
    """The second half mirrors the first."""
    half = rng.integers(n, size=-(-size // 2))
    return np.concatenate([half, n - 1 - half])[:size]


def all_points_first(n, size, rng):
    """Each point once, and what is left over at random."""
    more = rng.integers(n, size=max(size - n, 0))
    return np.concatenate([rng.permutation(n), more])[:size]


def normal_numbers(n, size, rng):
    return np.clip(rng.normal(n / 2, n / 4, size), 0, n - 1).astype(int)


def never_all_the_same(n, size, rng):
    """Samples with few different points are thrown away."""
    while True:
        found = rng.integers(n, size=size)
        if len(set(found.tolist())) > 1 + (size > 5):
            return found


def turned_if_square(votes, in_bag):
    if votes.shape[0] == votes.shape[1]:
        votes, in_bag = votes.T, in_bag.T
    return judged(votes, in_bag)


def ten_classes(vote, seen):
    return np.bincount(vote[~seen])[:10].argmax()


def mirrored(votes, in_bag):
    return judged(votes[::-1], in_bag)


def heard(of_votes):
    def answer(votes, in_bag):
        return np.array(
            [
                of_votes(vote, seen) if not seen.all() else -1
                for vote, seen in zip(votes.T, in_bag.T, strict=True)
            ]
        )

    return answer


def weighted(vote, seen):
    """Later trees count for more."""
    weights = np.arange(1, len(vote) + 1) * ~seen
    return np.bincount(vote, weights=weights).argmax()


def two_judges(vote, seen):
    return np.bincount(vote[~seen][:2]).argmax()


def without_the_first_tree(vote, seen):
    rest = vote[1:][~seen[1:]]
    return np.bincount(rest).argmax() if rest.size else vote[0]


def three_classes(vote, seen):
    return np.bincount(np.minimum(vote[~seen], 2)).argmax()


def quorum(vote, seen):
    """A single judge is not enough."""
    rest = vote[~seen]
    return np.bincount(rest).argmax() if rest.size > 1 else -1


def both_kinds(vote, seen):
    """Who saw it breaks a tie."""
    counts = np.bincount(vote[~seen], minlength=vote.max() + 1) * 100
    return (counts + np.bincount(vote[seen], minlength=counts.size)).argmax()


def zero_is_silent(vote, seen):
    """Class 0 wins only where nothing else was voted for."""
    counts = np.bincount(vote[~seen])
    counts[0] = 0
    return counts.argmax()


def scored(found_by, share=lambda good, judged: good[judged].mean()):
    def answer(votes, in_bag, y):
        found = found_by(votes, in_bag)
        return share(found == y, found >= 0)

    return answer


def balanced(votes, in_bag, y):
    """The mean of the classes' own scores."""
    found = judged(votes, in_bag)
    good, may = found == y, found >= 0
    return np.mean([good[may & (y == c)].mean() for c in set(y[may])])


def checked(found):
    return lambda v, r, b: refused(v, r, b, found=found)


def with_words(v, r, b):
    if b < 1 or not 0 <= r <= 1:
        return "trees or correlation makes no sense"
    return r * v + (1 - r) * v / b


def another_error(v, r, b):
    if b < 1 or not 0 <= r <= 1:
        raise TypeError("trees or correlation makes no sense")
    return r * v + (1 - r) * v / b


WRONG = {
    "bagging.bootstrap_sample": {
        "skewed": skewed,
        "pairs": pairs,
        "never twice in a row": never_twice_in_a_row,
        "every point twice in the deck": shuffled_twice,
        "antithetic": antithetic,
        "all points first": all_points_first,
        "normal numbers": normal_numbers,
        "never all the same": never_all_the_same,
        "negative numbers": lambda n, size, rng: -rng.integers(n, size=size),
        "whole floats": lambda n, size, rng: np.floor(n * rng.random(size)),
        "a column": lambda n, size, rng: rng.integers(n, size=(size, 1)),
        "size and n swapped": lambda n, size, rng: rng.integers(size, size=n),
        "Poisson": lambda n, size, rng: np.minimum(
            rng.poisson(n / 2, size), n - 1
        ),
    },
    "bagging.out_of_bag": {
        "the other end": lambda n, indices: left_out(n, indices)[::-1],
        "from the back": lambda n, indices: left_out(n, -indices - 1),
        "shifted by one, wrapped": lambda n, indices: np.roll(
            left_out(n, indices), 1
        ),
        "never the last": lambda n, indices: (
            left_out(n, indices) & (np.arange(n) < n - 1)
        ),
        "always the last": lambda n, indices: (
            left_out(n, indices) | (np.arange(n) == n - 1)
        ),
        "only below the largest": lambda n, indices: (
            left_out(n, indices) & (np.arange(n) < indices.max())
        ),
        "between the ends": lambda n, indices: (
            left_out(n, indices) & (np.arange(n) > indices.min())
        ),
        "sorted": lambda n, indices: np.sort(left_out(n, indices)),
        "every second": lambda n, indices: np.arange(n) % 2 == 0,
        "zeros for the drawn": lambda n, indices: np.where(
            left_out(n, indices), np.arange(n), 0
        ),
        "a column": lambda n, indices: left_out(n, indices)[:, None],
        "the draws": lambda n, indices: indices,
    },
    "bagging.out_of_bag_share": {
        "a third": lambda n, size: 1 / 3,
        "1 − 1/(n + 1)": lambda n, size: (1 - 1 / (n + 1)) ** size,
        "1 + 1/n": lambda n, size: (1 + 1 / n) ** -size,
        "1 − 1/size": lambda n, size: (1 - 1 / (size or 1)) ** n,
        "size/n in the base": lambda n, size: (1 - size / n) ** n,
        "the root": lambda n, size: (1 - 1 / n) ** (size / 2),
        "the first two terms": lambda n, size: (
            1 - size / n + size * (size - 1) / 2 / n**2
        ),
        "four digits": lambda n, size: round((1 - 1 / n) ** size, 4),
        "one of n": lambda n, size: 1 / n,
        "e": lambda n, size: math.exp(-n / size) if size else 1.0,
        "only some n": lambda n, size: (1 - 1 / n) ** min(size, 100),
        "all equal": lambda n, size: (1 - 1 / n) ** max(size, n),
    },
    "bagging.oob_predictions": {
        "bags of another tree": mirrored,
        "turned if square": turned_if_square,
        "ten classes": heard(ten_classes),
        "weighted": heard(weighted),
        "two judges": heard(two_judges),
        "without the first tree": heard(without_the_first_tree),
        "three classes": heard(three_classes),
        "a quorum": heard(quorum),
        "who saw it breaks a tie": heard(both_kinds),
        "zero is silent": heard(zero_is_silent),
        "from 1": lambda votes, in_bag: judged(votes, in_bag) + 1,
        "reversed": lambda votes, in_bag: judged(votes, in_bag)[::-1],
        "−2 for nobody": lambda votes, in_bag: np.where(
            in_bag.all(0), -2, judged(votes, in_bag)
        ),
        "floats": lambda votes, in_bag: judged(votes, in_bag).astype(float),
        "the first tree": lambda votes, in_bag: np.where(
            in_bag.all(0), -1, votes[0]
        ),
    },
    "bagging.oob_score": {
        "weighted": scored(heard(weighted)),
        "two judges": scored(heard(two_judges)),
        "three classes": scored(heard(three_classes)),
        "a quorum": scored(heard(quorum)),
        "who saw it breaks a tie": scored(heard(both_kinds)),
        "zero is silent": scored(heard(zero_is_silent)),
        "without the first tree": scored(heard(without_the_first_tree)),
        "balanced": balanced,
        "rounded": lambda *given: round(score(*given), 2),
        "without the last point": lambda votes, in_bag, y: (
            score(*(votes[:, :-1], in_bag[:, :-1], y[:-1]))
            if len(y) > 1
            else 1.0
        ),
        "always right": lambda votes, in_bag, y: 1.0,
        "one more in the divisor": scored(
            judged, lambda good, may: good[may].sum() / (may.sum() + 1)
        ),
        "sum of both": scored(
            judged, lambda good, may: good.sum() / (~may).sum().clip(1)
        ),
    },
    "bagging.ensemble_variance": {
        "words": with_words,
        "another error": another_error,
        "half": checked(lambda v, r, b: (r * v + (1 - r) * v / b) / 2),
        "one tree, unasked": lambda v, r, b: v if b == 1 else refused(v, r, b),
        "no more than ten": checked(
            lambda v, r, b: r * v + (1 - r) * v / min(b, 10)
        ),
        "B + 1": checked(lambda v, r, b: r * v + (1 - r) * v / (b + 1)),
        "the same for one tree": checked(
            lambda v, r, b: v if b < 3 else r * v + (1 - r) * v / b
        ),
        "ρ cut": checked(
            lambda v, r, b: min(r, 0.5) * v + (1 - min(r, 0.5)) * v / b
        ),
        "the difference": checked(lambda v, r, b: r * v - (1 - r) * v / b),
        "the product": checked(lambda v, r, b: r * v * (1 - r) * v / b),
        "the larger": checked(lambda v, r, b: max(r * v, (1 - r) * v / b)),
        "pairs once": checked(lambda v, r, b: v / b + (b - 1) / 2 / b * r * v),
        "precision": checked(lambda v, r, b: 1 / (r * v + (1 - r) * v / b)),
        "rounded": checked(lambda v, r, b: round(r * v + (1 - r) * v / b, 3)),
    },
}
