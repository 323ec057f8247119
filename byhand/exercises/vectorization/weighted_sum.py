"""The exercise `vectorization.weighted_sum`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable


def mixed(x, y, a, b):
    return np.add(np.multiply(a, x), np.multiply(b, y))


def weights(rng):
    """Two weights that no other pair could be taken for."""
    while True:
        a, b = rng.choice([0.4, 0.6, 0.7, 0.8, 1.2, 1.4, 1.6, 1.7], 2, False)
        a, b = float(a), float(b * rng.choice([-1, 1]))
        if min(abs(a + b - bad) for bad in (0, 1, 2)) > 0.05:
            return {"a": a, "b": b}


def arrays(rng, *shape):
    while True:
        x, y = readable(rng, *shape), readable(rng, *shape)
        if np.abs(x - y).min() > 0.05:
            return {"x": np.array(x), "y": np.array(y), **weights(rng)}


def whole_numbers(rng):
    """Odd integers whose weighted sums all end in .25 or .75.

    The first two entries tell apart whether the products, the sums or the
    products one after another lose their decimals.
    """
    choices = ([3, 7], [9, 11, 13], [-3, -7], [-5, -9])
    x = np.array([rng.choice(some) for some in choices])
    choices = ([1, 5, 9], [-1], [5, 9], [-3, -7])
    y = np.array([rng.choice(some) for some in choices])
    return {"x": x, "y": y, "a": float(rng.choice([0.5, 1.5])), "b": 0.75}


def first_by_index(x, y, a, b):
    for place in range(len(x)):
        return mixed(x[place], y[place], a, b)


def first_of_pairs(x, y, a, b):
    for u, v in zip(x, y, strict=True):
        return mixed(u, v, a, b)


def last_left_out(x, y, a, b):
    total = np.zeros(x.shape)
    for place in range(len(x) - 1):
        total[place] = mixed(x[place], y[place], a, b)
    return total


EXERCISE = Exercise(
    id="vectorization.weighted_sum",
    signature="weighted_sum(x, y, a, b)",
    asks=(
        "Mix two arrays: return $a·x + b·y$, entry by entry. `x` and `y` are "
        "arrays of the same shape, and the result has that shape too. It may "
        "be any shape: `(4,)`, `(2, 3)`, even `()`, a single number. `a` and "
        "`b` are numbers. `x` and `y` may hold integers while `a` and `b` "
        "are fractions. Leave `x` and `y` as they are."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=3,
    reference=mixed,
    cases=(
        Case("one entry each", lambda rng: arrays(rng, 1)),
        Case("three entries each", lambda rng: arrays(rng, 3)),
        Case("integers, with fractions as weights", whole_numbers),
        Case("two rows of three", lambda rng: arrays(rng, 2, 3)),
        Case("arrays of shape ()", lambda rng: arrays(rng)),
        Case(
            "a stack of tables, with 0 as a weight",
            lambda rng: {**arrays(rng, 2, 1, 3), "a": 0.0},
        ),
    ),
    misconceptions=(
        Misconception(
            "3 and 5",
            "you used the 3 and 5 of the example. Use the `a` and `b` that "
            "the function gets.",
            lambda x, y, a, b: mixed(x, y, 3, 5),
        ),
        Misconception(
            "swapped",
            "you swapped the weights: `a` belongs to x, and `b` to y.",
            lambda x, y, a, b: mixed(x, y, b, a),
        ),
        Misconception(
            "added up",
            "you added all entries up to one number. Each entry of the "
            "result is one sum.",
            lambda x, y, a, b: np.sum(mixed(x, y, a, b)),
        ),
        Misconception(
            "entries added up",
            "you added up the entries of each array first. Add x and y to "
            "each other, entry by entry.",
            lambda x, y, a, b: sum(np.multiply(a, x)) + sum(np.multiply(b, y)),
        ),
        Misconception(
            "average",
            "you divided by a + b, which gives a weighted *average*. A "
            "weighted sum divides by nothing.",
            lambda x, y, a, b: mixed(x, y, a, b) / (a + b),
        ),
        Misconception(
            "halved",
            "you divided the sum by 2. A weighted sum divides by nothing.",
            lambda x, y, a, b: mixed(x, y, a, b) / 2,
        ),
        Misconception(
            "integer result",
            "you stored the sums in an array of integers, which cuts off "
            "the decimals. Make it an array of floats.",
            lambda x, y, a, b: mixed(x, y, a, b).astype(x.dtype),
        ),
        Misconception(
            "integer result, in two steps",
            "you stored both products in an array of integers, which cuts "
            "off the decimals of each. Make it an array of floats.",
            lambda x, y, a, b: (
                np.multiply(a, x).astype(x.dtype)
                + np.multiply(b, y).astype(x.dtype)
            ),
        ),
        Misconception(
            "integer result, added later",
            "you added into an array of integers, which cuts off the "
            "decimals. Make it an array of floats.",
            lambda x, y, a, b: (
                np.multiply(a, x).astype(x.dtype) + np.multiply(b, y)
            ).astype(x.dtype),
        ),
        Misconception(
            "both weights on both",
            "you multiplied both weights into both arrays. `a` belongs to x "
            "only, and `b` to y only.",
            lambda x, y, a, b: a * b * (x + y),
        ),
        Misconception(
            "sum times sum",
            "you added the weights and the arrays before you multiplied. "
            "Multiply each array by its own weight first.",
            lambda x, y, a, b: (a + b) * (x + y),
        ),
        Misconception(
            "first entry only",
            "you returned the result for the first entry. Is there a return "
            "inside the loop?",
            first_by_index,
        ),
        Misconception(
            "first pair only",
            "you returned after the first pair of entries. Is there a return "
            "inside the loop?",
            first_of_pairs,
        ),
        Misconception(
            "whole weights",
            "you cut the weights down to whole numbers. Use `a` and `b` as "
            "they are.",
            lambda x, y, a, b: mixed(x, y, int(a), int(b)),
        ),
        Misconception(
            "rounded",
            "you rounded to whole numbers. Return the sums as they are.",
            lambda x, y, a, b: np.round(mixed(x, y, a, b)),
        ),
        Misconception(
            "not added",
            "you returned both products side by side. Add them entry by "
            "entry.",
            lambda x, y, a, b: [np.multiply(a, x), np.multiply(b, y)],
        ),
        Misconception(
            "every pair",
            "you added every entry of x to every entry of y. Each entry "
            "meets only its partner, in the same place.",
            lambda x, y, a, b: [mixed(u, v, a, b) for u in x for v in y],
        ),
        Misconception(
            "no b",
            "you added y without its weight `b`.",
            lambda x, y, a, b: mixed(x, y, a, 1),
        ),
        Misconception(
            "no a",
            "you added x without its weight `a`.",
            lambda x, y, a, b: mixed(x, y, 1, b),
        ),
        Misconception(
            "minus",
            "you subtracted the second product. Add it.",
            lambda x, y, a, b: mixed(x, y, a, -b),
        ),
        Misconception(
            "x twice",
            "you used x in both products. The second belongs to y.",
            lambda x, y, a, b: mixed(x, x, a, b),
        ),
        Misconception(
            "products multiplied",
            "you multiplied the two products with each other. Add them.",
            lambda x, y, a, b: a * x * b * y,
        ),
        Misconception(
            "a over all",
            "your brackets reach too far: `a` multiplies y as well. It "
            "belongs to x only.",
            lambda x, y, a, b: a * (x + b * y),
        ),
        Misconception(
            "flattened",
            "you made one long row of the entries. The result keeps the "
            "shape of x and y.",
            lambda x, y, a, b: mixed(x, y, a, b).ravel(),
        ),
        Misconception(
            "one after the other",
            "you put one array behind the other. Add them entry by entry.",
            lambda x, y, a, b: np.concatenate([a * x, b * y]),
        ),
        Misconception(
            "a loop over a single number",
            "an array of shape () holds a single number, and a loop finds no "
            "axis to walk along. Arithmetic on whole arrays works for it.",
            lambda x, y, a, b: [
                mixed(u, v, a, b) for u, v in zip(iter(x), y, strict=True)
            ],
        ),
        Misconception(
            "the length of a single number",
            "an array of shape () holds a single number and has no length. "
            "Arithmetic on whole arrays works for it.",
            lambda x, y, a, b: [
                mixed(x[i], y[i], a, b) for i in range(len(x))
            ],
        ),
        Misconception(
            "columns by a length of rows",
            "you walked through the columns by the number of rows. Arithmetic "
            "on whole arrays needs no index.",
            lambda x, y, a, b: (
                mixed(x, y, a, b)[:, : len(x)]
                if np.ndim(x) == 2
                else mixed(x, y, a, b)
            ),
        ),
        Misconception(
            "first pair only, in a list",
            "you returned a list after the first pair. Put the return behind "
            "the loop.",
            lambda x, y, a, b: [
                mixed(u, v, a, b) for u, v in zip(iter(x), y, strict=True)
            ][:1],
        ),
        Misconception(
            "last entry left out",
            "you left the last entry out. `range(n)` already stops before n.",
            last_left_out,
        ),
        Misconception(
            "decimals cut off",
            "you turned the sums into integers, which cuts off the decimals. "
            "Return them as they are.",
            lambda x, y, a, b: mixed(x, y, a, b).astype(int),
        ),
        Misconception(
            "lists",
            "you turned the arrays into lists. A number times a list does not "
            "multiply its entries: use the arrays themselves.",
            lambda x, y, a, b: a * list(x) + b * list(y),
        ),
        Misconception(
            "two axes taken for granted",
            "you read the length of axis 1. An array may have one axis or "
            "none. Arithmetic on whole arrays needs no index.",
            lambda x, y, a, b: x.shape[1] and mixed(x, y, a, b),
        ),
    ),
    hints=(
        "What does NumPy do with 3 * x, if x is an array of four numbers?",
        "A number times an array multiplies every entry. An array plus an "
        "array of the same shape adds entry by entry.",
        "result = a times x, plus b times y, all in one line and without an "
        "index.",
    ),
    returns=("total",),
)
