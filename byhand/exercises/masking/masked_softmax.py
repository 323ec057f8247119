"""The exercise `masking.masked_softmax`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.attention import (
    minus_a_billion,
    not_a_number,
    not_masked,
    over_queries,
    shares,
    zeroed_after,
    zeroed_before,
)
from ..pieces.facts import rows_add_up_or_are_zero
from ..pieces.inputs import readable
from ..pieces.masks import flags
from .shared import allowed


def masked(rng, n, m):
    return {"scores": readable(rng, n, m), "mask": allowed(rng, n, m)}


def one_row_shut(rng):
    given = masked(rng, 3, 4)
    given["mask"][1] = False
    return given


def giant_behind_the_mask(rng):
    given = masked(rng, 2, 4)
    given["scores"][:, 2] += 2000
    given["mask"][:] = flags("1101", "0101")
    return given


def renormalised(scores, mask):
    """Protected against 0/0, which it meets where the others underflow."""
    left = zeroed_after(scores, mask)
    total = left.sum(axis=-1, keepdims=True)
    return np.divide(left, total, out=np.zeros_like(left), where=total > 0)


def minus_a_billion_added(scores, mask):
    return shares(scores + np.where(mask, 0.0, -1e9))


def minus_a_billion_cleared(scores, mask):
    return minus_a_billion(scores, mask) * mask


def overflowing(scores, mask):
    powers = np.where(mask, np.exp(scores), 0.0)
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1.0, total)


def one_maximum(scores, mask):
    mask = np.broadcast_to(mask, np.shape(scores))
    return overflowing(scores - np.max(scores[mask]), mask)


def blocked_only_if_all(scores, mask):
    """A column is shut only where no row allows it."""
    return shares(scores, np.any(mask, axis=-2, keepdims=True))


EXERCISE = Exercise(
    id="masking.masked_softmax",
    signature="masked_softmax(scores, mask)",
    asks=(
        "Softmax over the allowed keys only. `scores` is `(…, n, m)`; the "
        "boolean `mask` has the same shape or broadcasts to it; `True` means "
        '"may attend". Every row of the result adds up to 1 over its '
        "allowed keys and is exactly 0 elsewhere. A row that may attend to "
        "nothing gets **all zeros**, never NaN. The result must be finite "
        "for any finite scores, whatever stands behind the mask."
    ),
    points=3,
    difficulty=4,
    importance=5,
    minutes=15,
    reference=shares,
    cases=(
        Case("one query, three keys", lambda rng: masked(rng, 1, 3)),
        Case(
            "nothing is masked",
            lambda rng: {
                "scores": readable(rng, 2, 3),
                "mask": np.ones((2, 3), dtype=bool),
            },
        ),
        Case("three queries, four keys", lambda rng: masked(rng, 3, 4)),
        Case("a query that may see nobody", one_row_shut),
        Case(
            "one row of flags for all queries",
            lambda rng: {
                "scores": readable(rng, 2, 4),
                "mask": allowed(rng, 4),
            },
        ),
        Case(
            "a stack of matrices, one mask",
            lambda rng: {
                "scores": readable(rng, 2, 3, 4),
                "mask": allowed(rng, 3, 4),
            },
        ),
        Case(
            "a stack of matrices, a padding mask each",
            lambda rng: {
                "scores": readable(rng, 3, 2, 4),
                "mask": allowed(rng, 3, 1, 4),
            },
        ),
        Case(
            "scores near 1000",
            lambda rng: {
                "scores": 1000 + readable(rng, 2, 3),
                "mask": allowed(rng, 2, 3),
            },
        ),
        Case(
            "thousands apart within a row",
            lambda rng: {
                "scores": readable(rng, 2, 4)
                + rng.permuted(np.tile([-3e3, 0, 0, 4e3], (2, 1)), axis=1),
                "mask": np.ones((2, 4), dtype=bool),
            },
        ),
        Case(
            "one row near 0, one near −2000",
            lambda rng: {
                "scores": readable(rng, 2, 4) + np.array([[0.0], [-2000.0]]),
                "mask": allowed(rng, 2, 4),
            },
        ),
        Case("a giant behind the mask", giant_behind_the_mask),
        Case(
            "scores below minus a billion",
            lambda rng: {
                "scores": readable(rng, 2, 3) - 4e9,
                "mask": allowed(rng, 2, 3),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "masked after the softmax",
            "the rows do not add up to 1: you set weights to 0 *after* the "
            "softmax. By then the forbidden keys had taken their share.",
            zeroed_after,
        ),
        Misconception(
            "mask turned round",
            "your mask is inverted: you kept what is forbidden and blocked "
            'what is allowed. `True` means "may attend".',
            lambda scores, mask: shares(scores, ~mask),
        ),
        Misconception(
            "mask forgotten",
            "nothing is masked: forbidden keys have weights.",
            not_masked,
        ),
        Misconception(
            "scores set to 0",
            "you set the forbidden scores to 0. To a softmax 0 is a score "
            "like any other, and e to the 0 is 1. Only −∞ gives weight 0.",
            zeroed_before,
        ),
        Misconception(
            "NaN rows",
            "a row that may attend to nothing came out as NaN. Its scores are "
            "all −∞, its sum is 0, and 0/0 is not a number. Give such a row "
            "all zeros.",
            not_a_number,
        ),
        Misconception(
            "minus a billion",
            "a row that may attend to nothing came out *even*. Its scores are "
            "all the same large negative number, and softmax looks only at "
            "differences. It should be all zeros.",
            minus_a_billion,
        ),
        Misconception(
            "minus a billion added",
            "a row that may attend to nothing came out as if nothing were "
            "masked. Adding the same number to all scores changes no weight. "
            "It should be all zeros.",
            minus_a_billion_added,
        ),
        Misconception(
            "minus a billion cleared",
            "you use a large negative number for −∞. Scores that are lower "
            "still lose against it, and their row comes out empty.",
            minus_a_billion_cleared,
        ),
        Misconception(
            "overflows",
            "e to the 1000 is larger than any float64. Take the largest "
            "*allowed* score of each row away first.",
            overflowing,
        ),
        Misconception(
            "the giant decides",
            "a huge score *behind the mask* pushed all allowed weights down "
            "to 0. Forbidden scores must be out of the game before the "
            "largest one is looked for.",
            renormalised,
        ),
        Misconception(
            "one maximum for everything",
            "you take away the largest score of the *whole* array, and a row "
            "far below it becomes 0. Each row needs its own.",
            one_maximum,
        ),
        Misconception(
            "over the queries",
            "the columns add up to 1, and the rows should: the softmax runs "
            "over the keys, the last axis.",
            over_queries,
        ),
        Misconception(
            "one mask for all queries",
            "a key is blocked only where *no* query may see it. Every query "
            "has its own row of the mask.",
            lambda scores, mask: (
                blocked_only_if_all(scores, mask)
                if np.ndim(mask) > 1
                else shares(scores, mask)
            ),
        ),
    ),
    hints=(
        "Which score makes e to that score exactly 0? And if a whole row "
        "has that score, what does the softmax divide by what?",
        "Put −∞ in the place of forbidden scores, in a copy. Then take the "
        "largest of each row away; where a whole row is −∞, take 0 away, "
        "and divide by 1 and not by 0.",
        "s = scores where mask, else −∞. top = row maximum of s, or 0 where "
        "that is −∞. e = exp(s − top). total = row sum of e, or 1 where "
        "that is 0. result = e / total.",
    ),
    returns=("weights",),
    facts=(
        rows_add_up_or_are_zero(),
        Fact("no weight is below 0", lambda w: bool((w >= 0).all())),
    ),
)
