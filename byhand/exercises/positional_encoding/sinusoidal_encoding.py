"""The exercise `positional_encoding.sinusoidal_encoding`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from .shared import (
    BASE,
    angles,
    encoding,
    halves,
    right_encoding,
    speeds,
    together,
)


def exponent_of_the_column(n, d):
    """Sines take 2i and cosines 2i + 1, as published in places."""
    turns = np.multiply.outer(np.arange(n), BASE ** -(np.arange(d) / d))
    return np.where(np.arange(d) % 2, np.cos(turns), np.sin(turns))


def twice_the_column(n, d):
    """The column's own number where the pair's belongs."""
    turns = np.multiply.outer(np.arange(n), BASE ** -(2 * np.arange(d) / d))
    return np.where(np.arange(d) % 2, np.cos(turns), np.sin(turns))


def multiplied_angles(n, d):
    turns = np.multiply.outer(np.arange(n), 1 / speeds(d))
    return together(np.sin(turns), np.cos(turns))[:, :d]


def size(n, d_model):
    return lambda rng: {"n": n, "d_model": d_model}


EXERCISE = Exercise(
    id="positional_encoding.sinusoidal_encoding",
    signature="sinusoidal_encoding(n, d_model)",
    asks=(
        "The encodings of the positions 0, 1, …, `n` − 1, one a row: an "
        "`(n, d_model)` array. Columns go in pairs, $2i$ and $2i+1$, which "
        r"share one angle, $pos / 10000^{2i/d_{model}}$: the even column "
        "holds its sine, the odd one its cosine. Pairs need an even width: "
        "for an odd `d_model`, raise a `ValueError` that says so."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=right_encoding,
    cases=(
        Case("position 0 alone", size(1, 2)),
        Case("three positions, one pair", size(3, 2)),
        Case("three positions, two pairs", size(3, 4)),
        Case("two positions, three pairs", size(2, 6)),
        Case(
            "a longer text",
            lambda rng: {
                "n": int(rng.integers(6, 10)),
                "d_model": 2 * int(rng.integers(5, 9)),
            },
        ),
        Case("a width of 3", size(2, 3), raises=ValueError),
        Case("a width of 7", size(4, 7), raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "sines then cosines",
            "the numbers are right and in another layout: all sines first, "
            "then all cosines. Here sine and cosine of one angle stand side "
            "by side. Both layouts can do the same, but a model must not mix "
            "them.",
            halves,
        ),
        Misconception(
            "exponents 2i+1",
            "your cosines have other exponents, one step further than their "
            "sines. Both of a pair share *one* angle, with 2i in the "
            "exponent. Otherwise a pair is no point on a circle any more.",
            exponent_of_the_column,
        ),
        Misconception(
            "positions from 1",
            "you count positions from 1. Position 0 comes first: all its "
            "sines are 0 and all its cosines 1.",
            lambda n, d: encoding(n, d, first=1),
        ),
        Misconception(
            "cosines first",
            "you swapped sine and cosine. The even column, which comes first, "
            "holds the sine.",
            lambda n, d: together(np.cos(angles(n, d)), np.sin(angles(n, d)))[
                :, :d
            ],
        ),
        Misconception(
            "exponent i",
            "the waves become longer at half the pace. The exponent is 2i "
            "over d_model for pair number i, and yours lacks the 2.",
            lambda n, d: encoding(n, d, power=lambda pair, d: pair / d),
        ),
        Misconception(
            "twice the column",
            "you put twice the *column's* number into the exponent. 2i is "
            "the even column of the pair already, so the columns 2i and 2i+1 "
            "both have 2i there.",
            twice_the_column,
        ),
        Misconception(
            "slowest wave at 10000",
            "you stretched the exponents so that the last pair reaches 10000 "
            "exactly. They are 2i over d_model, which stays a little below.",
            lambda n, d: encoding(
                n, d, power=lambda pair, d: pair / max((d + 1) // 2 - 1, 1)
            ),
        ),
        Misconception(
            "multiplied, not divided",
            "the angles grow from pair to pair: you multiplied by the power "
            "of 10000, which should divide.",
            multiplied_angles,
        ),
        Misconception(
            "one speed for all",
            "every pair turns at the same speed. Each has its own: that is "
            "what tells positions apart that one circle would bring round "
            "again.",
            lambda n, d: encoding(n, d, power=lambda pair, d: 0.0 * pair),
        ),
        Misconception(
            "sines only",
            "every column is a sine. The odd ones hold the cosine of the "
            "same angle.",
            lambda n, d: together(np.sin(angles(n, d)), np.sin(angles(n, d)))[
                :, :d
            ],
        ),
        Misconception(
            "odd widths let through",
            "right, but for an odd `d_model` the last sine has no cosine "
            "beside it. Refuse it with a `ValueError`.",
            encoding,
        ),
        Misconception(
            "lying on its side",
            "your result is transposed. A row should belong to a position.",
            lambda n, d: encoding(n, d).T,
        ),
    ),
    hints=(
        "For d_model = 4 there are two pairs. Which two angles does position "
        "1 have? Which four numbers come of them?",
        "Make a table of angles first, (n, d_model / 2): positions as a "
        "column, divided by a row of powers. Then fill the even columns with "
        "its sine and the odd ones with its cosine; a step of 2 in a slice "
        "picks every other column.",
        "if d_model is odd: raise ValueError. For every pos and every pair "
        "i: angle = pos / 10000 to the power 2i/d_model; result[pos][2i] = "
        "sin(angle); result[pos][2i + 1] = cos(angle).",
    ),
    returns=("encoding",),
    facts=(
        Fact(
            "sine and cosine of each pair lie on a circle of radius 1",
            lambda e: bool(np.allclose(e[:, ::2] ** 2 + e[:, 1::2] ** 2, 1)),
        ),
    ),
)
