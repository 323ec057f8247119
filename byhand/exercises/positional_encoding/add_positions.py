"""The exercise `positional_encoding.add_positions`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from .shared import encoding, halves, right_encoding


def rows(n, d):
    return lambda rng: {"X": readable(rng, n, d)}


EXERCISE = Exercise(
    id="positional_encoding.add_positions",
    signature="add_positions(X)",
    asks=(
        "Tell every row where it stands: to row *pos* of `X`, which is "
        "`(n, d_model)` with an even `d_model`, add the sinusoidal encoding "
        "of position *pos*, counted from 0. The result has the shape of "
        "`X`, which itself stays as it was."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=5,
    reference=lambda X: np.add(X, right_encoding(*np.shape(X))),
    cases=(
        Case("one token", rows(1, 2)),
        Case("two tokens", rows(2, 4)),
        Case("three tokens", rows(3, 4)),
        Case("four tokens of six", rows(4, 6)),
    ),
    misconceptions=(
        Misconception(
            "multiplied",
            "you multiplied the rows by the encodings. They are added.",
            lambda X: X * encoding(*X.shape),
        ),
        Misconception(
            "put side by side",
            "you put the encodings *beside* the rows, which doubles their "
            "width. They are added, number to number.",
            lambda X: np.hstack([X, encoding(*X.shape)]),
        ),
        Misconception(
            "positions from 1",
            "you count positions from 1. The first row is position 0.",
            lambda X: X + encoding(*X.shape, first=1),
        ),
        Misconception(
            "encoding only",
            "these are the encodings alone: the words themselves are gone.",
            lambda X: encoding(*X.shape),
        ),
        Misconception(
            "averaged",
            "this is the mean of word and position. They are simply added.",
            lambda X: (X + encoding(*X.shape)) / 2,
        ),
        Misconception(
            "words scaled up",
            "you multiplied the words by √d_model first. The paper does that "
            "to its own embeddings, elsewhere. Here, use X as it is.",
            lambda X: X * np.sqrt(X.shape[1]) + encoding(*X.shape),
        ),
        Misconception(
            "the same for every row",
            "every row got the encoding of position 0. Row 1 is at position "
            "1, and so on.",
            lambda X: X + encoding(*X.shape)[0],
        ),
        Misconception(
            "sines then cosines",
            "the encodings that you add have all sines first, then all "
            "cosines. In this course the two of a pair stand side by side.",
            lambda X: X + halves(*X.shape),
        ),
        Misconception(
            "plain number added",
            "you added the number of the row to all its entries. That grows "
            "without end in a long text. The encoding stays between −1 and 1.",
            lambda X: X + np.arange(len(X))[:, None],
        ),
    ),
    hints=(
        "Which two numbers does `sinusoidal_encoding` want, and where do you "
        "find them in X?",
        "The shape of X is (n, d_model). Do not use +=, which would change "
        "the caller's array.",
        "result = X plus sinusoidal_encoding(number of rows, number of "
        "columns).",
    ),
    returns=("X_with_positions",),
)
