"""Wrong answers to the exercises of lesson 05 that nobody has a sentence for.

Most are right for what the lesson itself does: for vectors of moderate size,
for five wrong words, for ids above 0.
"""

import numpy as np

from byhand.exercises.word_vectors import EXERCISES

RIGHT = {e.function: e.reference for e in EXERCISES}


def sigmoid(x):
    return 0.5 * (1 + np.tanh(x / 2))


# --- embedding_lookup --------------------------------------------------------


def one_id_without_its_axis(E, ids):
    ids = np.asarray(ids)
    return E[ids.item()] if ids.size == 1 else E[ids]


def no_id_where_it_is_0(E, ids):
    return E[ids] if np.ndim(ids) or ids else np.zeros(E.shape[1])


def square_tables_transposed(E, ids):
    ids = np.asarray(ids)
    square = ids.ndim == 2 and ids.shape[0] == ids.shape[1]
    return E[ids.T if square else ids]


# --- cosine_similarity -------------------------------------------------------


def lengths_of_at_least(least):
    def answer(A, B):
        a, b = (
            np.maximum(np.linalg.norm(X, axis=1), least)[:, None]
            for X in (A, B)
        )
        return A @ B.T / (a * b.T)

    return answer


def zeros_where(says):
    """0 where `says` takes a row for one of zeros."""

    def answer(A, B):
        found = RIGHT["cosine_similarity"](A, B)
        found[says(A)] = 0
        found[:, says(B)] = 0
        return found

    return answer


# --- tf_idf, skipgram_pairs --------------------------------------------------


def columns_of_length_1_where_square(counts, smooth=False):
    if not smooth or counts.shape[0] != counts.shape[1]:
        return RIGHT["tf_idf"](counts, smooth)
    N, n = len(counts), (counts > 0).sum(axis=0)
    weights = counts * (np.log((1 + N) / (1 + n)) + 1)
    lengths = np.linalg.norm(weights, axis=0)
    return weights / np.where(lengths == 0, 1, lengths)


def pairs_where(keeps):
    return lambda tokens, window: [
        pair
        for pair in RIGHT["skipgram_pairs"](tokens, window)
        if keeps(*pair)
    ]


# --- noise_distribution ------------------------------------------------------


def of_other_counts(change):
    def answer(counts, power=0.75):
        weights = change(np.asarray(counts, dtype=float)) ** power
        return weights / weights.sum()

    return answer


# --- sgns_loss, sgns_step ----------------------------------------------------


def with_some_negatives(keeps):
    """keeps: which rows count, of the context and the negatives."""
    return lambda center, context, negatives: RIGHT["sgns_loss"](
        center, context, negatives[keeps(context, negatives)]
    )


def another(context, negatives):
    return (negatives != context).any(axis=1)


def step(*, yes=sigmoid, no=sigmoid, moves=None, shorten=lambda c: c):
    """yes, no: the sigmoids. moves: which of the negatives."""

    def answer(center, context, negatives, lr):
        good, bad = yes(center @ context) - 1, no(negatives @ center)
        mask = moves(context, negatives) if moves else np.ones(len(negatives))
        new = center - lr * (good * context + bad @ negatives)
        return (
            shorten(new),
            context - lr * good * center,
            negatives - lr * np.outer(mask * bad, center),
        )

    return answer


def from_a_table(x):
    """As word2vec has it: beyond ±6 it is 0 or 1."""
    return np.where(x > 6, 1.0, np.where(x < -6, 0.0, sigmoid(x)))


def infinity_over_infinity(x):
    with np.errstate(over="ignore", invalid="ignore"):
        return np.exp(x) / (1 + np.exp(x))


# --- analogy -----------------------------------------------------------------


def nearest_but(left_out, axis=lambda E: 1):
    def answer(E, a, b, c):
        scores = E @ (E[b] - E[a] + E[c]) / np.linalg.norm(E, axis=axis(E))
        scores[[a, b, c, *left_out]] = -np.inf
        return int(np.argmax(scores))

    return answer


WRONG = {
    "word_vectors.embedding_lookup": {
        "one id without its axis": one_id_without_its_axis,
        "no id where it is 0": no_id_where_it_is_0,
        "square tables transposed": square_tables_transposed,
    },
    "word_vectors.cosine_similarity": {
        "lengths of at least 0.001": lengths_of_at_least(1e-3),
        "zeros where the sum is 0": zeros_where(
            lambda X: np.isclose(X.sum(axis=1), 0)
        ),
        "zeros where there is one": zeros_where(lambda X: ~X.all(axis=1)),
    },
    "word_vectors.tf_idf": {
        "columns of length 1 where square": columns_of_length_1_where_square,
    },
    "word_vectors.skipgram_pairs": {
        "no neighbour with the id 0": pairs_where(lambda c, n: n != 0),
        "no centre with the id 0": pairs_where(lambda c, n: c != 0),
    },
    "word_vectors.noise_distribution": {
        "a millionth added": of_other_counts(lambda counts: counts + 1e-6),
        "10,000 at most": of_other_counts(lambda c: np.minimum(c, 1e4)),
        "16 bits": of_other_counts(lambda c: c.astype(np.uint16)),
    },
    "word_vectors.sgns_loss": {
        "the context is no wrong word": with_some_negatives(another),
        "five wrong words": with_some_negatives(lambda u, n: slice(5)),
    },
    "word_vectors.sgns_step": {
        "the context is no wrong word": step(moves=another),
        "five wrong words": step(moves=lambda u, n: np.arange(len(n)) < 5),
        "a sigmoid from a table": step(no=from_a_table),
        "infinity over infinity": step(yes=infinity_over_infinity),
        "shortened to length 10": step(
            shorten=lambda c: c * min(1, 10 / np.linalg.norm(c))
        ),
    },
    "word_vectors.analogy": {
        "never the id 0": nearest_but([0]),
        "lengths of columns where square": nearest_but(
            [], lambda E: int(E.shape[0] != E.shape[1])
        ),
    },
}
