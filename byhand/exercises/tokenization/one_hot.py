"""The exercise `tokenization.one_hot`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but


def refused(ids, size):
    raise ValueError(f"an id is below 0 or at least {size}: {ids}")


def rows(ids, size, *, bad=refused, same=np.equal):
    """Where the number of a column is the id of the row."""
    if min(ids) < 0 or max(ids) >= size:
        return bad(ids, size)
    return same.outer(np.asarray(ids), np.arange(size)).astype(float)


# What becomes of bad ids: those of the misconceptions.
def row_of_zeros(ids, size):
    return np.equal.outer(np.asarray(ids), np.arange(size)).astype(float)


def from_the_end(ids, size):
    """Negative ids count from the end, as NumPy's places do."""
    if max(ids) >= size:
        return refused(ids, size)
    return np.eye(size)[np.asarray(ids)]


def zeros_below(ids, size):
    return refused(ids, size) if max(ids) >= size else row_of_zeros(ids, size)


def zeros_above(ids, size):
    return refused(ids, size) if min(ids) < 0 else row_of_zeros(ids, size)


def clipped(ids, size):
    return row_of_zeros(np.clip(ids, 0, size - 1), size)


def modulo(ids, size):
    return row_of_zeros(np.asarray(ids) % size, size)


def left_out(ids, size):
    good = [one for one in ids if 0 <= one < size]
    return row_of_zeros(good, size)


def raising(error):
    def bad(ids, size):
        raise error(f"{ids} and {size}")

    return but(rows, bad=bad)


def size_itself_allowed(ids, size):
    """Compares with > where >= is meant."""
    if min(ids) < 0 or max(ids) > size:
        return refused(ids, size)
    return row_of_zeros(ids, size)


def refuses_repeats(ids, size):
    if len(set(map(int, ids))) < len(ids):
        return refused(ids, size)
    return rows(ids, size)


def refuses_0(ids, size):
    return refused(ids, size) if min(ids) < 1 else rows(ids, size)


def only_the_first_checked(ids, size):
    rows(ids[:1], size)
    return row_of_zeros(ids, size)


def from_1(ids, size):
    rows(ids, size)
    return row_of_zeros(np.asarray(ids) - 1, size)


def by_rank(ids, size):
    rows(ids, size)
    ranks = np.unique(ids, return_inverse=True)[1]
    return row_of_zeros(ranks, size)


def by_first_come(ids, size):
    rows(ids, size)
    known = list(dict.fromkeys(int(one) for one in ids))
    return row_of_zeros([known.index(one) for one in ids], size)


def as_wide_as_the_largest(ids, size):
    rows(ids, size)
    return row_of_zeros(ids, int(max(ids)) + 1)


def numbers_in_place(ids, size):
    return rows(ids, size) * np.asarray(ids)[:, None]


def then(change):
    return lambda ids, size: change(rows(ids, size))


def first_row_only(ids, size):
    return rows(ids, size)[0]


# --- cases -----------------------------------------------------------------


def drawn(make):
    """`make` gives ids and a size, of a generator."""

    def inputs(rng):
        ids, size = make(rng)
        return {"ids": np.array(ids), "size": int(size)}

    return inputs


def without_the_last(rng, count, size):
    """Different ids below size − 1, none of them in its own place."""
    while True:
        ids = rng.choice(range(1, size - 1), count, False)
        if (ids != np.arange(count)).all() and (np.diff(ids) < 0).any():
            return ids


def with_repeats(rng):
    """As many ids as columns: a transposed table has the same shape."""
    a, b, c = without_the_last(rng, 3, 5)
    return [b, a, b, c, b], 5


def refusing(make, place):
    """Good ids, but for the one at `place`."""

    def inputs(rng):
        size = int(rng.integers(5, 8))
        ids = without_the_last(rng, 3, size)
        ids[place] = make(size)
        return ids, size

    return drawn(inputs)


def refused_case(name, make, place=1):
    return Case(name, refusing(make, place), raises=ValueError)


EXERCISE = Exercise(
    id="tokenization.one_hot",
    signature="one_hot(ids, size)",
    asks=(
        "Write each id as a row of zeros with a single 1, in the column of "
        "that number: the first column is 0. `ids` is an array of at least "
        "one integer, of shape `(n,)`. The result has shape `(n, size)`. "
        "Refuse an id below 0, or of `size` and more, with a `ValueError`."
    ),
    points=1,
    difficulty=2,
    importance=4,
    minutes=4,
    reference=rows,
    cases=(
        Case("one id", drawn(lambda rng: ([rng.integers(1, 3)], 4))),
        Case(
            "three ids",
            drawn(lambda rng: (without_the_last(rng, 3, 6), 6)),
        ),
        Case("an id again", drawn(with_repeats)),
        Case(
            "the first and the last column",
            drawn(lambda rng: ([int(rng.integers(2, 4)), 4, 0], 5)),
        ),
        Case("more ids than columns", drawn(lambda rng: ([2, 0, 1, 2, 0], 3))),
        Case("a single column", drawn(lambda rng: ([0, 0], 1))),
        refused_case("an id of −1", lambda size: -1),
        refused_case("an id as large as size", lambda size: size),
        refused_case("an id far too large", lambda size: size + 3, 2),
        refused_case("a negative id at the end", lambda size: -2, 2),
        refused_case("a bad id first", lambda size: size, 0),
        refused_case("far below 0", lambda size: -size - 2, 0),
    ),
    misconceptions=(
        Misconception(
            "−1 is the last",
            "you let a negative id count from the end, as NumPy's places do. "
            "Refuse it with a ValueError.",
            but(rows, bad=from_the_end),
        ),
        Misconception(
            "NumPy's own places",
            "you left bad ids to NumPy. It counts negative ones from the end "
            "and raises an IndexError for others: check first, and raise a "
            "ValueError.",
            lambda ids, size: np.eye(size)[ids],
        ),
        Misconception(
            "row of zeros",
            "you wrote a row of zeros for a bad id. Refuse it with a "
            "ValueError.",
            but(rows, bad=row_of_zeros),
        ),
        Misconception(
            "row of zeros below 0",
            "you refused ids that are too large, but not those below 0.",
            but(rows, bad=zeros_below),
        ),
        Misconception(
            "row of zeros above",
            "you refused ids below 0, but not those that are too large.",
            but(rows, bad=zeros_above),
        ),
        Misconception(
            "size itself allowed",
            "you allowed an id as large as `size`. The last column is "
            "`size − 1`.",
            size_itself_allowed,
        ),
        Misconception(
            "clipped",
            "you moved a bad id to the nearest column. Refuse it with a "
            "ValueError.",
            but(rows, bad=clipped),
        ),
        Misconception(
            "modulo",
            "you took ids modulo `size`. Refuse a bad one with a ValueError.",
            but(rows, bad=modulo),
        ),
        Misconception(
            "left out",
            "you left bad ids out. Refuse them with a ValueError.",
            but(rows, bad=left_out),
        ),
        Misconception(
            "IndexError",
            "a bad id ended in an IndexError. Raise a ValueError that names "
            "it.",
            raising(IndexError),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            raising(AssertionError),
        ),
        Misconception(
            "only the first checked",
            "you checked only the first id. Any of them may be bad.",
            only_the_first_checked,
        ),
        Misconception(
            "transposed",
            "your result is transposed: the ids run along axis 1. Each id is "
            "a row.",
            then(np.transpose),
        ),
        Misconception(
            "from 1",
            "you counted columns from 1. The first column is 0.",
            from_1,
        ),
        Misconception(
            "as wide as the largest id",
            "you made as many columns as the largest id needs. Make `size` "
            "columns.",
            as_wide_as_the_largest,
        ),
        Misconception(
            "added up",
            "you added the rows up. Each id is a row of its own.",
            then(lambda table: table.sum(axis=0)),
        ),
        Misconception(
            "all in one row",
            "you put all ids into one row. Each id has its own row.",
            then(lambda table: table.max(axis=0)),
        ),
        Misconception(
            "one long row",
            "you put the rows one behind the other. The result has shape "
            "`(n, size)`.",
            then(np.ravel),
        ),
        Misconception(
            "numbered by rank",
            "you numbered the ids by their rank. The id itself is the column.",
            by_rank,
        ),
        Misconception(
            "numbered as they come",
            "you numbered the ids as they come. The id itself is the column.",
            by_first_come,
        ),
        Misconception(
            "each different id once",
            "you made one row for each different id. Make a row for every id, "
            "repeats too.",
            lambda ids, size: rows(
                [*dict.fromkeys(int(one) for one in ids)], size
            ),
        ),
        Misconception(
            "sorted",
            "you sorted the ids. Keep their order.",
            lambda ids, size: rows(np.sort(ids), size),
        ),
        Misconception(
            "ones up to the id",
            "you wrote a 1 in every column up to the id. A row holds a "
            "single 1.",
            but(rows, same=np.greater_equal),
        ),
        Misconception(
            "the other way round",
            "you swapped 0 and 1. A row holds a single 1.",
            but(rows, same=np.not_equal),
        ),
        Misconception(
            "the id itself",
            "you wrote the id in its column. Write a 1.",
            numbers_in_place,
        ),
        Misconception(
            "the first row only",
            "you returned the first row only. Make a row for every id.",
            first_row_only,
        ),
        Misconception(
            "columns from the right",
            "you counted columns from the right. The first column, on the "
            "left, is 0.",
            then(lambda table: table[:, ::-1]),
        ),
        Misconception(
            "a square",
            "you made a table of `size` rows. Make a row for each id.",
            lambda ids, size: np.eye(rows(ids, size).shape[1]),
        ),
        Misconception(
            "repeats refused",
            "you refused an id that comes twice. Repeats are fine.",
            refuses_repeats,
        ),
        Misconception(
            "0 refused",
            "you refused the id 0. It is the first column.",
            refuses_0,
        ),
    ),
    hints=(
        "Which rows of the identity matrix are these?",
        "`np.zeros((n, size))` makes room. Row i gets its 1 in column ids[i]. "
        "Negative places count from the end in NumPy: check the ids first.",
        "if any id < 0 or any id >= size: raise ValueError; table = zeros of "
        "shape (n, size); for i from 0 to n − 1: table[i, ids[i]] = 1.",
    ),
    returns=("rows",),
    facts=(
        Fact(
            "every row adds up to 1",
            lambda rows: bool(np.allclose(rows.sum(axis=-1), 1)),
        ),
    ),
    not_by=("one_hot", "label_binarize", "LabelBinarizer", "OneHotEncoder"),
)
