"""The exercise `positional_encoding.shift_matrix`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from .shared import speeds, together, turns_of

ONE, QUARTER_TURN = np.eye(2), np.array([[0.0, 1.0], [-1.0, 0.0]])


def blocks(turns, cosines=ONE, sines=QUARTER_TURN):
    """2 × 2 blocks along the diagonal, one an angle.

    cosines, sines: where in a block these stand, and with which sign.
    """
    C, S = (np.diag(f(turns)) for f in (np.cos, np.sin))
    return np.kron(C, cosines) + np.kron(S, sines)


def shift(k, d_model):
    return blocks(k * np.angle(turns_of(2, d_model)[1]))


def shift_by_halves(k, d):
    C, S = (np.diag(f(k * speeds(d))) for f in (np.cos, np.sin))
    return np.block([[C, S], [-S, C]])


def step(k, d_model):
    return lambda rng: {"k": k, "d_model": d_model}


EXERCISE = Exercise(
    id="positional_encoding.shift_matrix",
    signature="shift_matrix(k, d_model)",
    asks=(
        "One matrix that moves *every* position on by `k`: return the "
        "`(d_model, d_model)` matrix $M$ with $PE(pos + k) = M\\,PE(pos)$ "
        "for all $pos$, where $PE(pos)$ is a column of `d_model` numbers, "
        "the encoding of that position. `d_model` is even; `k` is a whole "
        "number, and where it is negative, the matrix leads back."
    ),
    points=3,
    difficulty=4,
    importance=3,
    minutes=15,
    reference=shift,
    cases=(
        Case("one step, one pair", step(1, 2)),
        Case("no step at all", step(0, 4)),
        Case("three steps, two pairs", step(3, 4)),
        Case("two steps back, three pairs", step(-2, 6)),
        Case(
            "a longer way",
            lambda rng: {"k": int(rng.integers(4, 9)), "d_model": 8},
        ),
    ),
    misconceptions=(
        Misconception(
            "the wrong way",
            "a rotation the wrong way: this matrix leads from pos to pos − k. "
            "In a pair the sine stands first here, which transposes the "
            "familiar rotation matrix.",
            lambda k, d: shift(k, d).T,
        ),
        Misconception(
            "sines then cosines",
            "this matrix is for encodings with all sines first, then all "
            "cosines. Here each pair stands side by side. So the matrix has 2 "
            "× 2 blocks along its diagonal.",
            shift_by_halves,
        ),
        Misconception(
            "one speed for all",
            "every pair is turned by the same angle. Each has its own speed.",
            lambda k, d: blocks(np.full(d // 2, float(k))),
        ),
        Misconception(
            "always one step",
            "this is the matrix of a single step, whatever `k` is.",
            lambda k, d: shift(1, d),
        ),
        Misconception(
            "k times one step",
            "you multiplied the matrix of one step by k. To go k steps, turn "
            "k times as far.",
            lambda k, d: k * shift(1, d),
        ),
        Misconception(
            "powers entry by entry",
            "you raised every *entry* to the power k. Walking k steps is a "
            "product of k matrices, or one rotation k times as far.",
            lambda k, d: shift(1, d) ** float(k),
        ),
        Misconception(
            "diagonal only",
            "only the cosines on the diagonal are there. A rotation mixes "
            "the two numbers of a pair, and the sines do that.",
            lambda k, d: np.diag(np.diag(shift(k, d))),
        ),
        Misconception(
            "mirrored",
            "your blocks are mirrors, not rotations. In a rotation one of the "
            "two sines has a minus sign, and the two cosines have the same "
            "sign.",
            lambda k, d: blocks(
                k * speeds(d), np.diag([1.0, -1.0]), np.abs(QUARTER_TURN)
            ),
        ),
        Misconception(
            "exponent i",
            "the speeds fall at half the pace. The exponent is 2i over "
            "d_model for pair number i, and yours lacks the 2.",
            lambda k, d: blocks(k * speeds(d, lambda pair, d: pair / d)),
        ),
        Misconception(
            "twice the column",
            "you put twice the *column's* number into the exponent. 2i is "
            "the even column of the pair already.",
            lambda k, d: blocks(k * speeds(d, lambda pair, d: 4 * pair / d)),
        ),
        Misconception(
            "a vector",
            "this is the encoding of position k, a row of numbers. Return a "
            "*matrix*, which turns one encoding into another.",
            lambda k, d: together(
                np.sin(k * speeds(d)), np.cos(k * speeds(d))
            ),
        ),
        Misconception(
            "shifts the columns",
            "your ones are k places beside the diagonal: the matrix moves "
            "numbers from column to column. It should turn each pair by its "
            "own angle.",
            lambda k, d_model: np.eye(d_model, k=k),
        ),
    ),
    hints=(
        "Take one pair with angle a: sin a and cos a. What are sin(a + b) "
        "and cos(a + b), written with the sines and cosines of a and of b?",
        "sin(a + b) = sin a cos b + cos a sin b, and cos(a + b) = cos a "
        "cos b − sin a sin b. Read off the four numbers that multiply sin a "
        "and cos a. That is a 2 × 2 block; every pair has one, with its own "
        "b.",
        "M = zeros (d_model, d_model). For every pair i: b = k / 10000 to the "
        "power 2i/d_model; rows and columns 2i and 2i + 1 of M are "
        "[cos b, sin b] and [−sin b, cos b].",
    ),
    returns=("M",),
    facts=(
        Fact(
            "M keeps lengths, as a rotation does",
            lambda M: bool(np.allclose(M @ M.T, np.eye(len(M)))),
        ),
    ),
)
