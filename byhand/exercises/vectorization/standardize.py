"""The exercise `vectorization.standardize`."""

import statistics
from fractions import Fraction

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but
from .shared import whole


def table(rng, n, d):
    """No column constant, and no two with the same mean or deviation."""
    while True:
        X = readable(rng, n, d)
        if np.ptp(X, axis=0).min() > 0.5:
            return X


def with_constants(rng):
    """One of them a column of ones, as stands before a model's numbers."""
    X = table(rng, 4, 3)
    X[:, 0] = 1
    X[:, 1] = rng.choice([-3, 2, 4, 7])
    return {"X": X}


def of_several_sizes(rng):
    """The last is 10⁸ away from 0, where float32 cannot tell its numbers
    apart, nor float64 their squares.
    """
    return {"X": table(rng, 5, 4) * [1e5, 1, 1e-5, 1] + [0, 0, 0, 1e8]}


def several_whole(rng):
    while True:
        X = whole(rng, 5, 2)
        if np.ptp(X, axis=0).min() > 2:
            return {"X": X}


def by_fractions(X):
    """Column by column, with a mean and a deviation from exact fractions."""
    columns = []
    for column in X.T.tolist():
        exact = [Fraction(x) for x in column]
        mean, deviation = statistics.mean(exact), statistics.pstdev(column)
        columns.append([float(x - mean) / (deviation or 1.0) for x in exact])
    return np.array(columns).T


def scaled(X, *, centre=np.mean, spread=np.std, axis=0):
    """(X − centre) / spread; a spread of 0 counts as 1."""
    middle = centre(X, axis=axis, keepdims=True)
    width = spread(X, axis=axis, keepdims=True)
    return (X - middle) / np.where(width == 0, 1, width)


def no_centre(X, axis, keepdims):
    return 0.0


def no_spread(X, axis, keepdims):
    return np.ones(X.shape[1])


def of_a_sample(X, axis, keepdims):
    more = np.sqrt(X.shape[0] / max(X.shape[0] - 1, 1))
    return np.std(X, axis=axis, keepdims=keepdims) * more


def length(X, axis, keepdims):
    return np.std(X, axis=axis, keepdims=keepdims) * np.sqrt(len(X))


def absolute(X, axis, keepdims):
    far = np.abs(X - np.mean(X, axis=axis, keepdims=True))
    return np.mean(far, axis=axis, keepdims=keepdims)


def farthest(X, axis, keepdims):
    far = np.abs(X - np.mean(X, axis=axis, keepdims=True))
    return np.max(far, axis=axis, keepdims=keepdims)


def of_some_size(X, axis, keepdims):
    width = np.std(X, axis=axis, keepdims=keepdims)
    return np.where(width < 1e-3, 0, width)


def plus(epsilon):
    def spread(X, axis, keepdims):
        return np.std(X, axis=axis, keepdims=keepdims) + epsilon

    return spread


def by_mean_squares(X, axis, keepdims):
    squares = np.mean(np.square(X, dtype=float), axis=axis, keepdims=keepdims)
    of_mean = np.mean(X, axis=axis, keepdims=keepdims) ** 2
    return np.sqrt(np.maximum(squares - of_mean, 0))


def under_the_root(X, axis, keepdims):
    return np.sqrt(np.var(X, axis=axis, keepdims=keepdims) + 1e-5)


def over_everything(X, axis, keepdims):
    return np.std(X, keepdims=keepdims)


def of_a_sample_or_one(X, axis, keepdims):
    """Over n − 1, which a single row turns into 0/0."""
    squares = np.var(X, axis=axis, keepdims=keepdims) * len(X)
    return np.sqrt(np.divide(squares, len(X) - 1))


def mean_of_everything(X, axis, keepdims):
    return np.mean(X, keepdims=keepdims)


def root_mean_square(X, axis, keepdims):
    return np.sqrt(np.mean(X**2, axis=axis, keepdims=keepdims))


def rooted_again(X, axis, keepdims):
    return np.sqrt(np.std(X, axis=axis, keepdims=keepdims))


def by_an_if(X):
    width = np.std(X, axis=0)
    if width == 0:
        width = 1
    return (X - np.mean(X, axis=0)) / width


def constant_as(value):
    """Right, but for what a constant column becomes."""

    def answer(X):
        found = scaled(X)
        found[:, np.std(X, axis=0) == 0] = value
        return found

    return answer


def constant_as_it_was(X):
    return np.where(np.std(X, axis=0) == 0, X, scaled(X))


EXERCISE = Exercise(
    id="vectorization.standardize",
    signature="standardize(X)",
    asks=(
        "Give every column mean 0 and deviation 1: subtract the column's "
        "mean, then divide by its standard deviation. That is the root of the "
        "mean squared distance from the mean (÷n). `X` is `(n, d)`, and so is "
        "the result. A column whose numbers are all the same becomes zeros. "
        "Columns of tiny numbers, or far from 0, must come out right too. "
        "Leave `X` as it is."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=5,
    reference=by_fractions,
    cases=(
        Case("three rows, two columns", lambda r: {"X": table(r, 3, 2)}),
        Case("four rows, one column", lambda r: {"X": table(r, 4, 1)}),
        Case("two constant columns", with_constants),
        Case("whole numbers", several_whole),
        Case(
            "columns of very different sizes, one far from 0",
            of_several_sizes,
        ),
        Case("a single row", lambda rng: {"X": readable(rng, 1, 3)}),
    ),
    misconceptions=(
        Misconception(
            "divided by n − 1",
            "you averaged the squared distances over n − 1. Here the "
            "deviation divides by n.",
            but(scaled, spread=of_a_sample),
        ),
        Misconception(
            "divided by n − 1, not a number",
            "you averaged the squared distances over n − 1, and a constant "
            "column gives 0/0. Divide by n, and make such a column zeros.",
            lambda X: (
                (X - X.mean(axis=0))
                / np.sqrt(
                    np.divide(
                        np.sum((X - X.mean(axis=0)) ** 2, axis=0), len(X) - 1
                    )
                )
            ),
        ),
        Misconception(
            "divided by n − 1, a single row",
            "you averaged the squared distances over n − 1, which is 0 for a "
            "single row. Here the deviation divides by n.",
            but(scaled, spread=of_a_sample_or_one),
        ),
        Misconception(
            "over the rows",
            "you standardised the rows. Each *column* should have mean 0 and "
            "deviation 1.",
            but(scaled, axis=1),
        ),
        Misconception(
            "means of the rows",
            "you took means along axis 1, one for each *row*. Along axis 0 "
            "there is one for each column.",
            lambda X: (X - X.mean(axis=1)) / X.std(axis=1),
        ),
        Misconception(
            "small deviations taken for 0",
            "you treated a small deviation like 0. A column of small numbers "
            "should come out as large as any other.",
            but(scaled, spread=of_some_size),
        ),
        Misconception(
            "divided by the largest distance",
            "you divided by the largest distance from the mean. Divide by "
            "the deviation.",
            but(scaled, spread=farthest),
        ),
        Misconception(
            "over everything",
            "you used one mean and one deviation for the whole table. Each "
            "column needs its own.",
            but(scaled, axis=None),
        ),
        Misconception(
            "one deviation for all",
            "you centred each column but divided all by one deviation. Each "
            "column needs its own.",
            but(scaled, spread=over_everything),
        ),
        Misconception(
            "divided by the variance",
            "you divided by the variance. The deviation is its root.",
            but(scaled, spread=np.var),
        ),
        Misconception(
            "not centred",
            "you divided without subtracting the mean first.",
            but(scaled, centre=no_centre),
        ),
        Misconception(
            "divided, then centred by the old mean",
            "your brackets are missing: only the mean was divided by the "
            "deviation. Subtract first, then divide the difference.",
            lambda X: (
                X
                - np.mean(X, axis=0)
                / np.where(np.std(X, axis=0) == 0, 1, np.std(X, axis=0))
            ),
        ),
        Misconception(
            "only centred",
            "you subtracted the means and stopped. Divide by the deviations "
            "too.",
            but(scaled, spread=no_spread),
        ),
        Misconception(
            "0 to 1",
            "you scaled each column to run from 0 to 1. It should have mean "
            "0 and deviation 1.",
            but(scaled, centre=np.min, spread=np.ptp),
        ),
        Misconception(
            "divided by the range",
            "you divided by the range, the largest minus the smallest number. "
            "Divide by the deviation.",
            but(scaled, spread=np.ptp),
        ),
        Misconception(
            "median",
            "you subtracted the median. Subtract the mean.",
            but(scaled, centre=np.median),
        ),
        Misconception(
            "absolute deviation",
            "you divided by the mean *absolute* distance from the mean. The "
            "deviation is the root of the mean *squared* distance.",
            but(scaled, spread=absolute),
        ),
        Misconception(
            "not averaged",
            "you took the root of the *sum* of squared distances. The "
            "deviation is the root of their mean.",
            but(scaled, spread=length),
        ),
        Misconception(
            "NaN for a constant column",
            "a constant column has deviation 0, and 0/0 is NaN. Such a "
            "column should become zeros.",
            constant_as(np.nan),
        ),
        Misconception(
            "ones for a constant column",
            "you made ones of a constant column. It should become zeros.",
            constant_as(1.0),
        ),
        Misconception(
            "constant column left alone",
            "you left a constant column as it was. It should become zeros.",
            constant_as_it_was,
        ),
        Misconception(
            "constant column dropped",
            "you left constant columns out. Keep them, as zeros.",
            lambda X: scaled(X)[:, np.std(X, axis=0) > 0],
        ),
        Misconception(
            "a little added to the deviation",
            "you added a small number to the deviation. A column of small "
            "numbers then comes out too small: treat 0 apart.",
            but(scaled, spread=plus(1e-8)),
        ),
        Misconception(
            "a millionth added to the deviation",
            "you added a millionth to the deviation. A column of small "
            "numbers then comes out too small: treat 0 apart.",
            but(scaled, spread=plus(1e-6)),
        ),
        Misconception(
            "a little added under the root",
            "you added a small number to the variance. A column of small "
            "numbers then comes out too small: treat 0 apart.",
            but(scaled, spread=under_the_root),
        ),
        Misconception(
            "integer result",
            "you stored the result in an array of integers, which cuts off "
            "the decimals. Make it an array of floats.",
            lambda X: scaled(X).astype(X.dtype),
        ),
        Misconception(
            "transposed",
            "you returned the columns as rows. The result has the shape of X.",
            lambda X: scaled(X).T,
        ),
        Misconception(
            "mean after dividing",
            "you divided each column by its deviation and by its mean. "
            "*Subtract* the mean.",
            lambda X: X / np.mean(X, axis=0) / np.std(X, axis=0),
        ),
        Misconception(
            "one mean for all",
            "you subtracted one mean from the whole table. Each column needs "
            "its own.",
            but(scaled, centre=mean_of_everything),
        ),
        Misconception(
            "divided by the largest number",
            "you divided by the largest number of each column. Divide by the "
            "deviation.",
            but(scaled, spread=np.max),
        ),
        Misconception(
            "deviation from 0",
            "you took the root of the mean square of the numbers themselves. "
            "The deviation squares their distances from the mean.",
            but(scaled, spread=root_mean_square),
        ),
        Misconception(
            "multiplied",
            "you multiplied by the deviation. Divide by it.",
            lambda X: (X - np.mean(X, axis=0)) * np.std(X, axis=0),
        ),
        Misconception(
            "mean square minus squared mean",
            "you took the mean of the squares minus the square of the mean. "
            "Far from 0 both are huge, and the digits are lost: subtract the "
            "mean first, then square.",
            but(scaled, spread=by_mean_squares),
        ),
        Misconception(
            "root of the deviation",
            "you took the root of the deviation, which is a root already. "
            "Divide by the deviation itself.",
            but(scaled, spread=rooted_again),
        ),
        Misconception(
            "everything zeros",
            "one constant column made your whole table zeros. Only that "
            "column becomes zeros.",
            lambda X: scaled(X) * np.all(np.std(X, axis=0)),
        ),
        Misconception(
            "an array in an if",
            "you used `if` on an array of deviations, one for each column. "
            "`np.where` decides for each of them.",
            by_an_if,
        ),
        Misconception(
            "first column left alone",
            "you left the first column as it was. Standardise every column.",
            lambda X: np.column_stack([X[:, 0], scaled(X)[:, 1:]]),
        ),
    ),
    hints=(
        "If every number in a column is the same, what is its deviation, and "
        "what happens if you divide by that?",
        "`mean` and `std` take an `axis`: along axis 0 they give one number "
        "for each column. Broadcasting does the rest. Where a deviation is "
        "0, divide by 1.",
        "m = mean of X along axis 0; s = deviation of X along axis 0; where "
        "s is 0, use 1; result = (X − m) / s.",
    ),
    returns=("standardized",),
    facts=(
        Fact(
            "every column has mean 0",
            lambda Z: bool(np.allclose(Z.mean(axis=0), 0)),
        ),
        Fact(
            "every column has deviation 1, or 0 where it was constant",
            lambda Z: bool(
                np.all(
                    np.isclose(Z.std(axis=0), 1) | np.isclose(Z.std(axis=0), 0)
                )
            ),
        ),
    ),
)
