"""The exercise `word_vectors.embedding_lookup`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from .shared import different


def one_hot(E, ids):
    """(…, V): a 1 at each id."""
    return np.equal(np.asarray(ids)[..., None], np.arange(len(E))) * 1.0


def by_products(E, ids):
    return one_hot(E, ids) @ E


def of_length_1(E, ids):
    rows = by_products(E, ids)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def mean_of_all(E, ids):
    return by_products(E, ids).reshape(-1, E.shape[1]).mean(axis=0)


def sum_of_all(E, ids):
    return by_products(E, ids).reshape(-1, E.shape[1]).sum(axis=0)


def columns(E, ids):
    """E[:, ids]. IndexError: there is no such column."""
    return E[:, ids]


def once_each(E, ids):
    return by_products(E, np.unique(ids))


def in_order(E, ids):
    return by_products(E, np.sort(np.ravel(ids)).reshape(np.shape(ids)))


def first_rows(E, ids):
    return E[: np.size(ids)].reshape(*np.shape(ids), -1)


def from_1(E, ids):
    return E[np.asarray(ids) - 1]


def next_ones(E, ids):
    return E[(np.asarray(ids) + 1) % len(E)]


def flattened(E, ids):
    return by_products(E, ids).reshape(-1, E.shape[1])


def end_to_end(E, ids):
    return by_products(E, ids).ravel()


def vectors_first(E, ids):
    """The axis of the vector before those of the ids."""
    return np.moveaxis(by_products(E, ids), -1, 0)


def of_an_axis_only(E, ids):
    return by_products(E, np.atleast_1d(ids))


def first_id_only(E, ids):
    return by_products(E, np.ravel(ids)[0])


def times_the_id(E, ids):
    return by_products(E, ids) * np.asarray(ids)[..., None]


def without_zeros(E, ids):
    """Id 0 as padding, whose vector is all zeros."""
    return by_products(E, ids) * (np.asarray(ids) != 0)[..., None]


def ids_and(rng, V, d, *shape):
    """A table of V rows and so many ids, 0 and one twice among them."""
    ids = different(rng, V, *shape)
    flat = ids.ravel()  # a view
    if 0 not in flat:
        flat[rng.integers(1, flat.size - 1)] = 0
    flat[-1] = max(flat[:-1])  # one comes twice, and not in order
    return {"E": readable(rng, V, d), "ids": ids}


EXERCISE = Exercise(
    id="word_vectors.embedding_lookup",
    signature="embedding_lookup(E, ids) -> (…, d)",
    asks=(
        "Look up vectors. `E` is `(V, d)`: one row of d numbers for each of V "
        "words. `ids` are whole numbers from 0 to V − 1, in an array of any "
        "shape, or a single one. Replace each id with its row: `(n,)` ids "
        "give `(n, d)`, a table `(b, n)` of ids gives `(b, n, d)`, and a "
        "single id gives `(d,)`."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=3,
    reference=by_products,
    cases=(
        Case(
            "a single id",
            lambda rng: {
                "E": readable(rng, 5, 3),
                "ids": int(rng.integers(1, 4)),
            },
        ),
        Case(
            "two ids",
            lambda rng: {
                "E": readable(rng, 6, 3),
                "ids": np.sort(different(rng, 5, 2) + 1)[::-1].copy(),
            },
        ),
        Case("four ids, one of them twice", lambda r: ids_and(r, 6, 3, 4)),
        Case("a table of ids", lambda r: ids_and(r, 9, 4, 2, 3)),
        Case("ids along three axes", lambda r: ids_and(r, 14, 3, 2, 1, 4)),
        Case(
            "more ids than words",
            lambda rng: {
                "E": readable(rng, 2, 5),
                "ids": np.array([0, 1, 1, 0, 1, 0, 0]),
            },
        ),
        Case(
            "one id in an array",
            lambda rng: {
                "E": readable(rng, 4, 3),
                "ids": rng.integers(1, 4, 1),
            },
        ),
        Case(
            "the id 0 alone", lambda rng: {"E": readable(rng, 4, 2), "ids": 0}
        ),
        Case(
            "as many rows of ids as columns",
            lambda rng: {
                "E": readable(rng, 5, 3),
                "ids": rng.permutation([0, 1, 2, 4]).reshape(2, 2),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "flat take",
            "you took single numbers, counted through the whole table. An id "
            "stands for a whole row: with `take`, say `axis=0`.",
            lambda E, ids: np.ravel(E)[ids],
        ),
        Misconception(
            "from 1",
            "you took the row before: ids start at 0, and so do rows.",
            from_1,
        ),
        Misconception(
            "the row after",
            "you took the row after: id 0 is the first row.",
            next_ones,
        ),
        Misconception(
            "columns",
            "you took columns. A word's vector is a row of `E`.",
            columns,
        ),
        Misconception(
            "counted from the end",
            "you counted the rows from the end. The row of id 0 is the first.",
            lambda E, ids: by_products(E[::-1], ids),
        ),
        Misconception(
            "distinct ids only",
            "you looked up each word once, sorted by id. A word that comes "
            "twice gets its vector twice, and the order of the ids stays.",
            once_each,
        ),
        Misconception(
            "sorted",
            "you sorted the ids. Keep their order.",
            in_order,
        ),
        Misconception(
            "the first rows",
            "you took the first rows of `E`, as many as there are ids. Take "
            "the rows that the ids name.",
            first_rows,
        ),
        Misconception(
            "averaged",
            "you averaged the vectors. Return one for each id.",
            mean_of_all,
        ),
        Misconception(
            "added up",
            "you added the vectors up. Return one for each id.",
            sum_of_all,
        ),
        Misconception(
            "flattened",
            "you flattened the ids first. Their axes stay, and the vector's "
            "axis comes last.",
            flattened,
        ),
        Misconception(
            "end to end",
            "you put the vectors end to end. The vector keeps an axis for "
            "itself, the last one.",
            end_to_end,
        ),
        Misconception(
            "the vector's axis first",
            "you put the vector's axis first. It comes last, behind the axes "
            "of the ids.",
            vectors_first,
        ),
        Misconception(
            "scaled to length 1",
            "you scaled the vectors to length 1. Return the rows as they are.",
            of_length_1,
        ),
        Misconception(
            "the one-hot rows",
            "you returned the one-hot rows. Multiply them with `E`, or take "
            "the rows at once.",
            one_hot,
        ),
        Misconception(
            "the first id only",
            "you looked up only the first id.",
            first_id_only,
        ),
        Misconception(
            "id as a factor",
            "you multiplied the vector by its id. The id only says which row.",
            times_the_id,
        ),
        Misconception(
            "id 0 as padding",
            "you returned zeros for id 0. It is a word like any other: return "
            "its row.",
            without_zeros,
        ),
        Misconception(
            "a single id gets an axis",
            "you returned a table for a single id. It has no axis, so its "
            "vector has only its own: `(d,)`.",
            of_an_axis_only,
        ),
    ),
    not_by=("embedding", "Embedding"),
    hints=(
        "`E[3]` is the row with number 3. What does NumPy give for "
        "`E[[3, 1, 3]]`?",
        "An array of ids in square brackets takes a row for each of them, "
        "and keeps their axes.",
        "result[i] = row number ids[i] of E, for every place i of ids.",
    ),
    returns=("vectors",),
)
