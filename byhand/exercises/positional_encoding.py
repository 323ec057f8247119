"""Lesson 11: where a token stands.

The references read sine and cosine of an angle off a complex number of
length 1 (PyTorch's `polar`), whose multiplication is a rotation; the matrix
of a shift is put together by SciPy's `block_diag`. The encoding is that of
"Attention Is All You Need" (Vaswani et al. 2017), section 3.5, the rotation
of queries and keys that of "RoFormer" (Su et al. 2021).
"""

import numpy as np
import scipy.linalg
import scipy.special

from byhand.exercise import Case, Exercise, Fact, Misconception, readable

LESSON = "11_positional_encoding"

BASE = 10_000


def speeds(d, power=lambda pair, d: 2 * pair / d):
    """How far each of the d/2 pairs turns from one position to the next."""
    return BASE ** -power(np.arange((d + 1) // 2), d)


def angles(n, d, first=0, power=lambda pair, d: 2 * pair / d):
    """(n, d/2): a row a position, a column a pair."""
    return np.multiply.outer(np.arange(first, first + n), speeds(d, power))


def together(first, second):
    """Two arrays (…, p), one number of each in turn: (…, 2p)."""
    pairs = np.stack([first, second], axis=-1)
    return pairs.reshape(*np.shape(first)[:-1], -1)


# --- sinusoidal_encoding ---------------------------------------------------


def torch_turns(n, d):
    """exp(i · angle) as complex numbers, (n, d/2)."""
    import torch  # takes seconds, and only a lesson that needs it waits

    exponents = torch.linspace(0, 1, d // 2 + 1, dtype=torch.float64)[:-1]
    turns = torch.outer(torch.arange(n, dtype=torch.float64), BASE**-exponents)
    return torch.polar(torch.ones_like(turns), turns)


def torch_encoding(n, d_model):
    turns = torch_turns(n, d_model).numpy()
    return together(turns.imag, turns.real)


def encoding(n, d, **changed):
    """For the misconceptions; any width."""
    turns = angles(n, d, **changed)
    return together(np.sin(turns), np.cos(turns))[:, :d]


def halves(n, d):
    turns = angles(n, d)
    return np.concatenate([np.sin(turns), np.cos(turns)], axis=1)[:, :d]


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


sinusoidal_encoding = Exercise(
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
    reference=torch_encoding,
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
            "by side. Both layouts can do the same; a model must not mix "
            "them.",
            halves,
        ),
        Misconception(
            "exponents 2i+1",
            "the cosines have exponents of their own, one step further than "
            "their sines. Both of a pair share *one* angle, with 2i in the "
            "exponent; otherwise a pair is no point on a circle any more.",
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
            "sine and cosine have changed places: the even column, which "
            "comes first, holds the sine.",
            lambda n, d: together(np.cos(angles(n, d)), np.sin(angles(n, d)))[
                :, :d
            ],
        ),
        Misconception(
            "exponent i",
            "the waves become longer at half the pace: the exponent is 2i "
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
            "rows and columns have changed places: a row belongs to a "
            "position.",
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


# --- add_positions ---------------------------------------------------------


def rows(n, d):
    return lambda rng: {"X": readable(rng, n, d)}


add_positions = Exercise(
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
    reference=lambda X: np.add(X, torch_encoding(*np.shape(X))),
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
            "you count positions from 1; the first row is position 0.",
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
            "to its own embeddings, in another place; here X is taken as it "
            "is.",
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
            "without end in a long text; the encoding stays between −1 and 1.",
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


# --- permutation_gap -------------------------------------------------------


def attention_without_positions(X):
    return scipy.special.softmax(X @ X.T / np.sqrt(X.shape[1]), axis=1) @ X


def attention_with_positions(X):
    return attention_without_positions(X + encoding(*X.shape))


def attention_looking_back(X):
    fits = np.where(np.tri(len(X)) > 0, X @ X.T, -np.inf)
    return scipy.special.softmax(fits, axis=1) @ X


def doubled_rows(X):
    return 2 * X


def running_sum(X):
    return np.cumsum(X, axis=0)


def numbered_rows(X):
    return X + np.arange(len(X), dtype=float)[:, None]


def shuffled(attention, n, d, order):
    return lambda rng: {
        "attention": attention,
        "X": readable(rng, n, d),
        "order": np.array(order),
    }


def torch_gap(attention, X, order):
    import torch

    before = torch.from_numpy(np.asarray(attention(X)))
    after = torch.from_numpy(np.asarray(attention(X[order])))
    moved = before.index_select(0, torch.from_numpy(np.asarray(order)))
    return torch.dist(moved, after, p=float("inf")).item()


def differences(attention, X, order):
    return np.take(attention(X), order, axis=0) - attention(X[order])


permutation_gap = Exercise(
    id="positional_encoding.permutation_gap",
    signature="permutation_gap(attention, X, order)",
    asks=(
        "Does a function of a sentence notice the order of its words? "
        "`attention` is a function that takes an `(n, d)` array and returns "
        "one with `n` rows. `order` is an array of row numbers, such as "
        "2, 0, 1: `X[order]` is `X` with its rows shuffled. Return **one "
        "number**, the largest absolute difference, over all entries, "
        "between *first attend, then shuffle* and *first shuffle, then "
        "attend*. It is 0 where the function does not care about the order."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=10,
    reference=torch_gap,
    cases=(
        Case(
            "every row for itself, two rows swapped",
            shuffled(doubled_rows, 2, 3, [1, 0]),
        ),
        Case(
            "a running sum, two rows swapped",
            shuffled(running_sum, 2, 3, [1, 0]),
        ),
        Case(
            "rows with their number added",
            shuffled(numbered_rows, 3, 2, [1, 2, 0]),
        ),
        Case(
            "attention, three rows moved on",
            shuffled(attention_without_positions, 3, 4, [2, 0, 1]),
        ),
        Case(
            "attention after positions were added",
            shuffled(attention_with_positions, 3, 4, [2, 0, 1]),
        ),
        Case(
            "attention that only looks back",
            shuffled(attention_looking_back, 4, 2, [1, 3, 0, 2]),
        ),
    ),
    misconceptions=(
        Misconception(
            "no absolute value",
            "the largest difference may be a negative one: take absolute "
            "values before the maximum.",
            lambda f, X, order: np.max(differences(f, X, order)),
        ),
        Misconception(
            "mean for maximum",
            "this is the mean of the differences. A single large one should "
            "count in full: the maximum is asked for.",
            lambda f, X, order: np.mean(np.abs(differences(f, X, order))),
        ),
        Misconception(
            "all added up",
            "this is the sum of all differences; the largest is asked for.",
            lambda f, X, order: np.sum(np.abs(differences(f, X, order))),
        ),
        Misconception(
            "squared",
            "the differences are squared; they should be taken as they are, "
            "without their sign.",
            lambda f, X, order: np.max(differences(f, X, order) ** 2),
        ),
        Misconception(
            "output not shuffled",
            "you compare row by row without shuffling the first output. Its "
            "row 0 belongs to the word that stands elsewhere in the "
            "other one.",
            lambda f, X, order: np.max(np.abs(f(X) - f(X[order]))),
        ),
        Misconception(
            "shuffled back the wrong way",
            "the first output has to be put into the *same* order as the "
            "words; you undid that order. For two rows it makes no "
            "difference, for three it does.",
            lambda f, X, order: np.max(
                np.abs(f(X)[np.argsort(order)] - f(X[order]))
            ),
        ),
        Misconception(
            "words never shuffled",
            "the function saw the words in their old order both times. On "
            "one side they should be shuffled *before* it sees them.",
            lambda f, X, order: np.max(
                np.abs(np.take(f(X), order, axis=0) - f(X))
            ),
        ),
        Misconception(
            "words for outputs",
            "you compare the output with the *words*. Both sides should have "
            "gone through the function, one before the shuffling and one "
            "after it.",
            lambda f, X, order: np.max(np.abs(X[order] - f(X[order]))),
        ),
        Misconception(
            "yes or no",
            "this says whether there is a difference. How large it is at "
            "most is asked for.",
            lambda f, X, order: (
                not np.allclose(differences(f, X, order), 0, atol=1e-9)
            ),
        ),
        Misconception(
            "one number a row",
            "there is a number for every row here. One for all of them is "
            "asked for.",
            lambda f, X, order: np.max(
                np.abs(differences(f, X, order)), axis=1
            ),
        ),
    ),
    hints=(
        "There are two ways from X to a shuffled output. Which are they, "
        "and what does each of them do first?",
        "Indexing an array with `order` picks its rows in that order. Do it "
        "to the output on one side and to X on the other. The rest is a "
        "subtraction and np.abs.",
        "one = the rows of attention(X) in the order; other = attention(the "
        "rows of X in the order); result = maximum of |one − other|.",
    ),
    returns=("gap",),
)


# --- shift_matrix ----------------------------------------------------------


def blocks(turns, make):
    return scipy.linalg.block_diag(*(make(a) for a in turns))


def forward(a):
    return [[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]


def shift(k, d_model):
    turns = np.log(torch_turns(2, d_model).numpy()[1]).imag * k
    return blocks(turns, forward)


def shift_by_halves(k, d):
    C, S = (np.diag(f(k * speeds(d))) for f in (np.cos, np.sin))
    return np.block([[C, S], [-S, C]])


def step(k, d_model):
    return lambda rng: {"k": k, "d_model": d_model}


shift_matrix = Exercise(
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
            "a rotation the wrong way: this matrix leads from pos to "
            "pos − k. In a pair the sine stands first here, which turns the "
            "familiar rotation matrix round.",
            lambda k, d: shift(k, d).T,
        ),
        Misconception(
            "sines then cosines",
            "this matrix is for encodings with all sines first, then all "
            "cosines. Here each pair stands side by side, so that the matrix "
            "is made of 2 × 2 blocks along its diagonal.",
            shift_by_halves,
        ),
        Misconception(
            "one speed for all",
            "every pair is turned by the same angle. Each has its own speed.",
            lambda k, d: blocks(np.full(d // 2, float(k)), forward),
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
            "your blocks are mirrors, not rotations: one of the two sines "
            "has a minus sign, and the two cosines have the same sign.",
            lambda k, d: blocks(
                k * speeds(d),
                lambda a: [[np.cos(a), np.sin(a)], [np.sin(a), -np.cos(a)]],
            ),
        ),
        Misconception(
            "exponent i",
            "the speeds fall at half the pace: the exponent is 2i over "
            "d_model for pair number i, and yours lacks the 2.",
            lambda k, d: blocks(
                k * speeds(d, lambda pair, d: pair / d), forward
            ),
        ),
        Misconception(
            "twice the column",
            "you put twice the *column's* number into the exponent. 2i is "
            "the even column of the pair already.",
            lambda k, d: blocks(
                k * speeds(d, lambda pair, d: 4 * pair / d), forward
            ),
        ),
        Misconception(
            "a vector",
            "this is the encoding of position k, a row of numbers. What is "
            "asked for is a *matrix*, which turns one encoding into "
            "another.",
            lambda k, d: together(
                np.sin(k * speeds(d)), np.cos(k * speeds(d))
            ),
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


# --- rotary ----------------------------------------------------------------


def torch_rotary(x):
    import torch

    n, d = np.shape(x)[-2:]
    pairs = torch.from_numpy(np.array(x)).unflatten(-1, (-1, 2))
    turned = torch.view_as_complex(pairs) * torch_turns(n, d)
    return torch.view_as_real(turned).flatten(-2).numpy()


def turned(x, turns, place=together):
    """Pairs of neighbours turned by angles that broadcast to (…, n, d/2)."""
    z = (x[..., ::2] + 1j * x[..., 1::2]) * np.exp(1j * turns)
    return place(z.real, z.imag)


def rotary_angles(x, **changed):
    return angles(*np.shape(x)[-2:], **changed)


def rotary_by_halves(x):
    a, b = np.split(x, 2, axis=-1)
    z = (a + 1j * b) * np.exp(1j * rotary_angles(x))
    return np.concatenate([z.real, z.imag], axis=-1)


def positions_on_first_axis(x):
    turns = angles(np.shape(x)[0], np.shape(x)[-1])
    between = (1,) * (np.ndim(x) - 2)
    return turned(x, turns.reshape(len(turns), *between, -1))


def to_turn(*shape):
    return lambda rng: {"x": readable(rng, *shape)}


rotary = Exercise(
    id="positional_encoding.rotary",
    signature="rotary(x)",
    asks=(
        "Turn every pair of numbers by an angle that grows with the "
        "position. `x` is `(…, n, d)` with an even `d`: queries or keys, of "
        "one sentence or of a stack of them, `n` positions counted from 0. "
        "The pair $(2i, 2i+1)$ at position $pos$ is a point of the plane, "
        r"and is turned by $pos / 10000^{2i/d}$, from its first axis towards "
        "its second (so that a quarter turn takes (1, 0) to (0, 1)). The "
        "result has the shape of `x`."
    ),
    points=3,
    difficulty=4,
    importance=5,
    minutes=15,
    reference=torch_rotary,
    cases=(
        Case("position 0 alone", to_turn(1, 2)),
        Case("two positions, one pair", to_turn(2, 2)),
        Case("three positions, two pairs", to_turn(3, 4)),
        Case("two positions, three pairs", to_turn(2, 6)),
        Case("a stack of two sentences", to_turn(2, 3, 4)),
        Case("heads of a batch", to_turn(2, 1, 4, 6)),
    ),
    misconceptions=(
        Misconception(
            "the wrong way",
            "a rotation the wrong way: a quarter turn should take (1, 0) to "
            "(0, 1), not to (0, −1). One of the two sines has the wrong "
            "sign.",
            lambda x: turned(x, -rotary_angles(x)),
        ),
        Misconception(
            "halves for neighbours",
            "you paired the first half of a row with its second half, as "
            "some libraries do. Here pairs are neighbours: 0 and 1, 2 and 3, "
            "and so on.",
            rotary_by_halves,
        ),
        Misconception(
            "positions from 1",
            "you count positions from 1. At position 0 nothing turns.",
            lambda x: turned(x, rotary_angles(x, first=1)),
        ),
        Misconception(
            "one speed for all",
            "every pair turns at the same speed. Later pairs turn more "
            "slowly.",
            lambda x: turned(
                x, rotary_angles(x, power=lambda pair, d: 0.0 * pair)
            ),
        ),
        Misconception(
            "exponent i",
            "the speeds fall at half the pace: the exponent is 2i over d for "
            "pair number i, and yours lacks the 2.",
            lambda x: turned(
                x, rotary_angles(x, power=lambda pair, d: pair / d)
            ),
        ),
        Misconception(
            "twice the column",
            "you put twice the *column's* number into the exponent. 2i is "
            "the even column of the pair already.",
            lambda x: turned(
                x, rotary_angles(x, power=lambda pair, d: 4 * pair / d)
            ),
        ),
        Misconception(
            "added",
            "you *added* the encodings. Rotary positions turn what is there, "
            "and add nothing.",
            lambda x: x + encoding(*np.shape(x)[-2:]),
        ),
        Misconception(
            "cosines only",
            "each number is multiplied by its cosine only. A rotation also "
            "mixes in the other number of the pair, times the sine.",
            lambda x: x * together(*2 * (np.cos(rotary_angles(x)),)),
        ),
        Misconception(
            "half overwritten",
            "the second number of each pair was worked out from the first "
            "*after* that had been turned. Both need the old numbers.",
            lambda x: together(
                turned(x, rotary_angles(x))[..., ::2],
                turned(x, rotary_angles(x))[..., ::2]
                * np.sin(rotary_angles(x))
                + x[..., 1::2] * np.cos(rotary_angles(x)),
            ),
        ),
        Misconception(
            "positions on the first axis",
            "right for one sentence, wrong for a stack: you count positions "
            "along the *first* axis. They run along the last but one.",
            positions_on_first_axis,
        ),
        Misconception(
            "not put back in pairs",
            "every pair is turned correctly, but the result has all first "
            "numbers in front and all second ones behind. Each goes back to "
            "where it came from.",
            lambda x: turned(
                x,
                rotary_angles(x),
                place=lambda *halves: np.concatenate(halves, axis=-1),
            ),
        ),
        Misconception(
            "mirrored",
            "your pairs are mirrored as they turn: in a rotation one of the "
            "two sines has a minus sign, and the cosines have none.",
            lambda x: (
                turned(x, rotary_angles(x))
                * np.tile([1.0, -1.0], np.shape(x)[-1] // 2)
            ),
        ),
    ),
    hints=(
        "The point (1, 0) is turned by an angle a. Where does it land? And "
        "the point (0, 1)? What then becomes of (3, 2)?",
        "(first, second) becomes (first · cos a − second · sin a, "
        "first · sin a + second · cos a). Slices with a step of 2 give all "
        "first and all second numbers at once; the angles are a table "
        "(n, d / 2), as in `sinusoidal_encoding`.",
        "For every pos and pair i: a = pos / 10000 to the power 2i/d; "
        "result[…][pos][2i] = first · cos a − second · sin a; "
        "result[…][pos][2i + 1] = first · sin a + second · cos a.",
    ),
    returns=("turned",),
)

EXERCISES = (
    permutation_gap,
    sinusoidal_encoding,
    add_positions,
    shift_matrix,
    rotary,
)
