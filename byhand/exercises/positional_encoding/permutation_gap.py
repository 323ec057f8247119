"""The exercise `positional_encoding.permutation_gap`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.attention import attend
from ..pieces.inputs import readable
from ..pieces.masks import look_back
from .shared import encoding


def attention_without_positions(X):
    return attend(X, X, X)[0]


def attention_with_positions(X):
    return attention_without_positions(X + encoding(*X.shape))


def attention_looking_back(X):
    return attend(X, X, X, look_back(len(X)), scale=1)[0]


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


def differences(attention, X, order):
    return np.take(attention(X), order, axis=0) - attention(X[order])


def largest_difference(attention, X, order):
    return np.linalg.norm(np.ravel(differences(attention, X, order)), np.inf)


def reversed_instead(attention, X, order):
    return largest_difference(attention, X, np.arange(len(X))[::-1])


EXERCISE = Exercise(
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
    reference=largest_difference,
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
            "count in full. Return the maximum.",
            lambda f, X, order: np.mean(np.abs(differences(f, X, order))),
        ),
        Misconception(
            "all added up",
            "this is the sum of all differences. Return the largest.",
            lambda f, X, order: np.sum(np.abs(differences(f, X, order))),
        ),
        Misconception(
            "squared",
            "you squared the differences. Take them as they are, without "
            "their sign.",
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
            "you undid the order of the words in the first output. Put it "
            "into the *same* order. For two rows it makes no difference, for "
            "three it does.",
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
            "this says whether there is a difference. Return how large it is "
            "at most.",
            lambda f, X, order: (
                not np.allclose(differences(f, X, order), 0, atol=1e-9)
            ),
        ),
        Misconception(
            "one number a row",
            "you returned a number for every row. Return one for all of them.",
            lambda f, X, order: np.max(
                np.abs(differences(f, X, order)), axis=1
            ),
        ),
        Misconception(
            "always reversed",
            "you reverse the rows, whatever `order` says. Put them into the "
            "order that it gives.",
            reversed_instead,
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
