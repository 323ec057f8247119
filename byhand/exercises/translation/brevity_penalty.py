"""The exercise `translation.brevity_penalty`."""

import math

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception


def smaller_of_two(hypothesis_length, reference_length):
    """The exponent is 0 where the hypothesis is long enough."""
    if not hypothesis_length:
        return 0.0
    return float(np.exp(min(0.0, 1 - reference_length / hypothesis_length)))


def penalty(
    short=lambda c, r: math.exp(1 - r / c),
    long=lambda c, r: 1.0,
    is_short=lambda c, r: c < r,
    none=lambda r: 0.0,
):
    """A wrong answer: the rule, of which a part is another."""

    def answer(hypothesis_length, reference_length):
        if not hypothesis_length:
            return none(reference_length)
        by = short if is_short(hypothesis_length, reference_length) else long
        return by(hypothesis_length, reference_length)

    return answer


def fails(reference_length):
    raise ZeroDivisionError("division by zero")


def swapped(hypothesis_length, reference_length):
    return smaller_of_two(reference_length, hypothesis_length)


def lengths(c, r, times=(1, 1)):
    """Both lengths, times a number by chance between these two."""

    def inputs(rng):
        factor = int(rng.integers(times[0], times[1] + 1))
        return {
            "hypothesis_length": c * factor,
            "reference_length": r * factor,
        }

    return inputs


def between(low, high):
    """A reference of 40 to 60 words, a hypothesis of a share of it."""

    def inputs(rng):
        r = int(rng.integers(40, 61))
        c = int(rng.integers(math.ceil(low * r), math.floor(high * r) + 1))
        return {"hypothesis_length": c, "reference_length": r}

    return inputs


EXERCISE = Exercise(
    id="translation.brevity_penalty",
    signature="brevity_penalty(hypothesis_length, reference_length)",
    asks=(
        "Punish a translation that is too short. With c for "
        "`hypothesis_length` and r for `reference_length`, both whole "
        "numbers, return **1** where c ≥ r, and e to the power of "
        "(1 − r / c) where c is smaller. Return 0.0 where c is 0. r is 1 or "
        "more."
    ),
    points=1,
    difficulty=1,
    importance=3,
    minutes=3,
    reference=smaller_of_two,
    cases=(
        Case("one word short", lengths(6, 7, (1, 3))),
        Case("one word of two", lengths(1, 2)),
        Case("one word of ten", lengths(1, 10)),
        Case("too long", lengths(9, 7, (1, 3))),
        Case("twice as long", lengths(8, 4, (1, 3))),
        Case("of the same length", lengths(7, 7, (1, 5))),
        Case("nothing was said", lengths(0, 5, (1, 3))),
        Case("nothing was said, of one word", lengths(0, 1)),
        Case("a long text, a little short", between(0.92, 0.98)),
        Case("a long text, a little long", between(1.05, 1.3)),
    ),
    misconceptions=(
        Misconception(
            "the quotient upside down",
            "your quotient is upside down: the exponent is 1 − r / c, with "
            "the *reference* on top.",
            penalty(short=lambda c, r: math.exp(1 - c / r)),
        ),
        Misconception(
            "the quotient itself",
            "you return c / r. The penalty is e to the power of (1 − r / c), "
            "which falls faster.",
            penalty(short=lambda c, r: c / r),
        ),
        Misconception(
            "long output punished",
            "you punish translations that are too *long* as well. For them "
            "the result is 1. What is too much lowers the precision already.",
            penalty(long=lambda c, r: math.exp(1 - c / r)),
        ),
        Misconception(
            "both sides punished",
            "you punish translations that are too *long* as well, by how far "
            "they are off. For them the result is 1. What is too much lowers "
            "the precision already.",
            penalty(long=lambda c, r: math.exp(r / c - 1)),
        ),
        Misconception(
            "above 1",
            "your penalty rises above 1 for long translations. It is 1 at "
            "most: nobody is rewarded for many words.",
            penalty(long=lambda c, r: math.exp(1 - r / c)),
        ),
        Misconception(
            "1 for no words at all",
            "where nothing was said at all, the penalty is 0.0, not 1.",
            penalty(none=lambda r: 1.0),
        ),
        Misconception(
            "a division by zero",
            "you divide by c, which is 0 where nothing was said. Return 0.0 "
            "there.",
            penalty(none=fails),
        ),
        Misconception(
            "arguments swapped",
            "the two lengths are swapped: the first is the hypothesis' and "
            "the second the reference's.",
            swapped,
        ),
        Misconception(
            "long output only",
            "you punish long translations and let short ones go. It is the "
            "other way: a short one has few words that can be wrong, so its "
            "precision is high.",
            penalty(
                is_short=lambda c, r: c > r,
                short=lambda c, r: math.exp(1 - c / r),
            ),
        ),
        Misconception(
            "(c − r) / r in the exponent",
            "your exponent is (c − r) / r. It is 1 − r / c, so (c − r) / c: "
            "divide by the hypothesis' length.",
            penalty(short=lambda c, r: math.exp((c - r) / r)),
        ),
        Misconception(
            "not 1 at equality",
            "where both are of the same length, nothing is too short: "
            "return 1.",
            penalty(
                is_short=lambda c, r: c <= r,
                short=lambda c, r: (
                    math.exp(-r / c) if c == r else math.exp(1 - r / c)
                ),
            ),
        ),
        Misconception(
            "no 1 in the exponent",
            "your exponent is −r / c. It is 1 − r / c, which is 0 where both "
            "are of the same length.",
            penalty(short=lambda c, r: math.exp(-r / c)),
        ),
        Misconception(
            "the sign of the exponent",
            "your exponent has the wrong sign, so that a *short* translation "
            "gets more than 1. It is 1 − r / c, which is negative there.",
            penalty(short=lambda c, r: math.exp(r / c - 1)),
        ),
        Misconception(
            "the exponent alone",
            "you return 1 − r / c itself. It is the exponent: take e to the "
            "power of it.",
            penalty(short=lambda c, r: 1 - r / c),
        ),
        Misconception(
            "a difference",
            "your exponent is c − r, a difference in words. It is relative: "
            "1 − r / c.",
            penalty(short=lambda c, r: math.exp(c - r)),
        ),
        Misconception(
            "a power of 2",
            "you took 2 to the power of the exponent. Take e.",
            penalty(short=lambda c, r: 2 ** (1 - r / c)),
        ),
        Misconception(
            "whole numbers only",
            "you divided with `//`, which drops what is behind the point. "
            "Divide with `/`.",
            penalty(short=lambda c, r: math.exp(1 - r // c)),
        ),
        Misconception(
            "none at all",
            "you return 1 for short translations too.",
            penalty(short=lambda c, r: 1.0),
        ),
    ),
    hints=(
        "The reference has seven words, the translation six. What are "
        "r / c, the exponent and its power of e?",
        "Three branches: nothing said, long enough, too short. `math.exp` "
        "is e to a power.",
        "if c == 0: 0.0; if c >= r: 1.0; else exp(1 − r / c).",
    ),
    returns=("penalty",),
    facts=(
        Fact(
            "it is between 0 and 1",
            lambda one: bool((one >= 0).all() and (one <= 1).all()),
        ),
    ),
    not_by=("brevity_penalty", "compute_bleu"),
)
