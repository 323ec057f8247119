"""The exercise `word_vectors.tf_idf`."""

import math

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but

# The lesson's: columns cat, chased, dog, log, mat, mouse, on, sat, the.
THREE = np.array(
    [
        [1, 0, 0, 0, 1, 0, 1, 1, 2],
        [0, 0, 1, 1, 0, 0, 1, 1, 2],
        [1, 1, 0, 0, 0, 1, 0, 0, 2],
    ]
)


def rarity(N, n):
    """ln(N/n), and 0 for a word that no document has."""
    return math.log(N / n) if n else 0.0


def smoothed_rarity(N, n):
    return math.log((1 + N) / (1 + n)) + 1


def in_documents(counts, word):
    return int(np.count_nonzero(counts[:, word]))


def share(counts, doc, word):
    """Of the document's words; 0 where it has none."""
    return counts[doc, word] / (counts[doc].sum() or 1)


def count(counts, doc, word):
    return float(counts[doc, word])


def weigh(counts, tf, idf, known):
    docs, words = counts.shape
    return np.array(
        [
            [
                tf(counts, i, j) * idf(docs, known(counts, j))
                for j in range(words)
            ]
            for i in range(docs)
        ]
    )


def to_length_1(rows):
    lengths = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return rows / np.where(lengths == 0, 1, lengths)


def right(
    counts,
    smooth=False,
    *,
    tf=share,
    idf=rarity,
    known=in_documents,
    smooth_tf=count,
    smooth_idf=smoothed_rarity,
    finish=to_length_1,
):
    if not smooth:
        return weigh(counts, tf, idf, known)
    return finish(weigh(counts, smooth_tf, smooth_idf, known))


def always(value):
    """Whatever `smooth` says."""
    return lambda counts, smooth=False: right(counts, value)


def nan_for_no_document(counts, smooth=False):
    with np.errstate(divide="ignore", invalid="ignore"):
        return right(
            counts, smooth, idf=lambda N, n: float(np.log(np.divide(N, n)))
        )


def nan_for_no_words(counts, smooth=False):
    """0/0 in an empty document, with either way of scaling."""

    def over_nothing(rows):
        return rows / np.sqrt((rows**2).sum(axis=1, keepdims=True))

    with np.errstate(divide="ignore", invalid="ignore"):
        return right(
            counts,
            smooth,
            tf=lambda c, i, j: float(np.divide(c[i, j], c[i].sum())),
            finish=over_nothing,
        )


def words_for_documents(counts, smooth=False):
    N = counts.shape[1]
    return right(
        counts,
        smooth,
        idf=lambda docs, n: rarity(N, n),
        smooth_idf=lambda docs, n: smoothed_rarity(N, n),
    )


def whole_numbers(counts, smooth=False):
    """Computed in the dtype of the counts: nothing behind the point."""
    return right(counts, smooth).astype(int)


def to_sum_1(rows):
    totals = rows.sum(axis=1, keepdims=True)
    return rows / np.where(totals == 0, 1, totals)


def to_length_1_by_columns(rows):
    return to_length_1(rows.T).T


def documents(rng, docs, words):
    """Counts: every document has words, every word is in one or more.

    One is in all, one in a single document, more than once; no two documents
    are equally long.
    """
    while True:
        counts = rng.integers(0, 4, (docs, words))
        counts[:, 0] = rng.permutation(np.arange(1, docs + 1))
        counts[:, 1] = 0
        counts[rng.integers(docs), 1] = 3
        totals = counts.sum(axis=1)
        found = np.count_nonzero(counts, axis=0)
        if len({*totals}) == docs and len({*found}) > 1 and found.all():
            return counts


def with_gaps(rng, docs, words):
    """An empty document, and a word that none has."""
    counts = documents(rng, docs - 1, words - 1)
    counts = np.insert(counts, rng.integers(docs), 0, axis=0)
    return np.insert(counts, rng.integers(1, words), 0, axis=1)


def case(name, draw, part, *smooth):
    return Case(
        name,
        lambda rng: {
            "counts": draw(rng),
            **dict(zip(("smooth",), smooth, strict=False)),
        },
        part=part,
    )


def plain(name, sentence, **seams):
    return Misconception(name, sentence, but(right, **seams))


EXERCISE = Exercise(
    id="word_vectors.tf_idf",
    signature="tf_idf(counts, smooth=False) -> (documents, words)",
    asks=(
        "Weigh words by how rare they are. `counts` is `(documents, words)`, "
        "whole numbers from 0 on: how often each document has each word. The "
        "result has the same shape.\n\n"
        "*Textbook*, where `smooth` is False: tf · idf. tf is the count "
        "divided by the number of words in its document, idf is "
        "$\\ln(N/n)$: $N$ documents, $n$ of them with the word.\n\n"
        "*Smoothed*, where `smooth` is True, is what scikit-learn does: the "
        "count itself, times $\\ln\\frac{1+N}{1+n} + 1$. Then divide each "
        "row by its length, the root of the sum of its squares.\n\n"
        "In both, a word that no document has and a document without words "
        "get zeros."
    ),
    points={"textbook": 2, "smoothed": 1},
    difficulty=3,
    importance=3,
    minutes=8,
    reference=right,
    cases=(
        case(
            "two documents, three words",
            lambda r: documents(r, 2, 4)[:, :3],
            "textbook",
        ),
        case("the lesson's three documents", lambda r: THREE, "textbook"),
        case("four documents", lambda r: documents(r, 4, 6), "textbook"),
        case(
            "an empty document, and a word of none",
            lambda r: with_gaps(r, 5, 6),
            "textbook",
            False,
        ),
        case(
            "smoothed: two documents, three words",
            lambda r: documents(r, 2, 4)[:, :3],
            "smoothed",
            True,
        ),
        case(
            "smoothed: the lesson's three documents",
            lambda r: THREE,
            "smoothed",
            True,
        ),
        case(
            "smoothed: as many documents as words",
            lambda r: documents(r, 4, 4),
            "smoothed",
            True,
        ),
        case(
            "smoothed: an empty document, and a word of none",
            lambda r: with_gaps(r, 5, 6),
            "smoothed",
            True,
        ),
    ),
    misconceptions=(
        plain(
            "raw counts",
            "you took the counts for tf. Divide them by the number of words "
            "in the document.",
            tf=count,
        ),
        plain(
            "log₁₀",
            "you took the logarithm to base 10. ln is the natural one: "
            "`np.log`.",
            idf=lambda N, n: rarity(N, n) / math.log(10),
            smooth_idf=lambda N, n: math.log10((1 + N) / (1 + n)) + 1,
        ),
        plain(
            "log₂",
            "you took the logarithm to base 2. ln is the natural one: "
            "`np.log`.",
            idf=lambda N, n: rarity(N, n) / math.log(2),
            smooth_idf=lambda N, n: math.log2((1 + N) / (1 + n)) + 1,
        ),
        Misconception(
            "smooth where plain",
            "you returned the smoothed weights though `smooth` is False.",
            always(True),
        ),
        Misconception(
            "smooth ignored",
            "you returned the textbook's weights though `smooth` is True.",
            always(False),
        ),
        plain(
            "+ 1 in the textbook's",
            "you added 1 to the textbook's idf. Only the smoothed one has it.",
            idf=lambda N, n: rarity(N, n) + 1,
        ),
        plain(
            "n + 1 in the textbook's",
            "you divided N by n + 1. The textbook's idf divides by n.",
            idf=lambda N, n: math.log(N / (n + 1)),
        ),
        plain(
            "smoothed idf in the textbook's",
            "you took the smoothed idf for the textbook's, which is ln(N/n).",
            idf=smoothed_rarity,
        ),
        plain(
            "occurrences for documents",
            "you counted how often a word occurs. n is the number of "
            "*documents* that have it.",
            known=lambda counts, word: int(counts[:, word].sum()),
        ),
        Misconception(
            "words for documents",
            "you took the number of columns for N. N is the number of "
            "documents, the rows.",
            words_for_documents,
        ),
        plain(
            "document length from columns",
            "you divided by the sum of a *column*. tf divides by the sum of "
            "the document's row.",
            tf=lambda c, i, j: c[i, j] / (c[:, j].sum() or 1),
        ),
        plain(
            "largest count for length",
            "you divided by the document's largest count. tf divides by the "
            "number of its words.",
            tf=lambda c, i, j: c[i, j] / (c[i].max() or 1),
        ),
        plain(
            "different words for length",
            "you divided by how many *different* words the document has. tf "
            "divides by how many words it has, all counted.",
            tf=lambda c, i, j: c[i, j] / (np.count_nonzero(c[i]) or 1),
        ),
        plain(
            "columns of the vocabulary for length",
            "you divided by the size of the vocabulary. tf divides by the "
            "number of words in the document.",
            tf=lambda c, i, j: c[i, j] / c.shape[1],
        ),
        plain(
            "all words for length",
            "you divided by the words of all documents. tf divides by those "
            "of its own document.",
            tf=lambda c, i, j: c[i, j] / (c.sum() or 1),
        ),
        plain(
            "0 and 1 for counts",
            "you looked only at whether a document has a word. Count how "
            "often.",
            tf=lambda c, i, j: float(c[i, j] > 0) / (c[i].sum() or 1),
            smooth_tf=lambda c, i, j: float(c[i, j] > 0),
        ),
        Misconception(
            "NaN for a word of no document",
            "you divided by 0 documents. A word that no document has gets "
            "zeros.",
            nan_for_no_document,
        ),
        Misconception(
            "NaN for an empty document",
            "you divided by the 0 words of an empty document. It gets zeros.",
            nan_for_no_words,
        ),
        plain(
            "not scaled to length 1",
            "you left the smoothed rows as they were. Divide each by its "
            "length.",
            finish=lambda rows: rows,
        ),
        plain(
            "scaled to sum 1",
            "you divided the smoothed rows by their sums. Divide by their "
            "lengths, the root of the sum of squares.",
            finish=to_sum_1,
        ),
        plain(
            "scaled to the largest",
            "you divided the smoothed rows by their largest entry. Divide by "
            "their lengths, the root of the sum of squares.",
            finish=lambda rows: (
                rows / np.maximum(rows.max(axis=1, keepdims=True), 1e-300)
            ),
        ),
        plain(
            "columns scaled",
            "you scaled the columns to length 1. A document is a row.",
            finish=to_length_1_by_columns,
        ),
        plain(
            "scaled as one",
            "you divided by the length of the whole table. Each row has its "
            "own length.",
            finish=lambda rows: rows / (np.linalg.norm(rows) or 1),
        ),
        plain(
            "the root forgotten",
            "you divided the smoothed rows by the sum of squares. The length "
            "is its root.",
            finish=lambda rows: (
                rows / np.maximum((rows**2).sum(axis=1, keepdims=True), 1e-300)
            ),
        ),
        plain(
            "without + 1",
            "your smoothed idf lacks the 1 at its end. Without it a word of "
            "every document counts nothing.",
            smooth_idf=lambda N, n: math.log((1 + N) / (1 + n)),
        ),
        plain(
            "1 inside the logarithm",
            "you added the 1 inside the logarithm. Add it behind: "
            "ln((1 + N)/(1 + n)) + 1.",
            smooth_idf=lambda N, n: math.log((1 + N) / (1 + n) + 1),
        ),
        plain(
            "unsmoothed + 1",
            "your smoothed idf has ln(N/n) + 1. Add 1 to N and to n too, as "
            "if one more document had every word.",
            smooth_idf=lambda N, n: rarity(N, n) + 1 if n else 0.0,
        ),
        plain(
            "only n smoothed",
            "you added 1 to n alone. Add 1 to N too.",
            smooth_idf=lambda N, n: math.log(N / (1 + n)) + 1,
        ),
        plain(
            "idf inverted",
            "you divided n by N. Rare words count more: N over n.",
            idf=lambda N, n: -rarity(N, n),
            smooth_idf=lambda N, n: math.log((1 + n) / (1 + N)) + 1,
        ),
        plain(
            "no logarithm",
            "you took N/n for idf. Take its natural logarithm.",
            idf=lambda N, n: N / n if n else 0.0,
            smooth_idf=lambda N, n: (1 + N) / (1 + n) + 1,
        ),
        plain(
            "tf only",
            "you returned tf alone. Multiply it by idf.",
            idf=lambda N, n: 1.0,
        ),
        plain(
            "textbook scaled to length 1",
            "you scaled the textbook's rows to length 1. Only the smoothed "
            "ones are.",
            tf=lambda c, i, j: (
                share(c, i, j)
                / (
                    np.linalg.norm(weigh(c, share, rarity, in_documents)[i])
                    or 1
                )
            ),
        ),
        Misconception(
            "whole numbers",
            "you lost everything behind the decimal point: the result has "
            "the dtype of the counts. Compute with floats.",
            whole_numbers,
        ),
        Misconception(
            "transposed",
            "you transposed the result. A row is a document.",
            lambda counts, smooth=False: right(counts, smooth).T,
        ),
    ),
    not_by=("TfidfTransformer", "TfidfVectorizer"),
    hints=(
        '"the" stands in all three documents. What is ln(3/3), and what '
        "does it do to its weight?",
        "Count documents with `(counts > 0).sum(axis=0)`: one number a word. "
        "Row sums need `keepdims=True`. Divide by 1 where a sum is 0.",
        "n = documents with each word; textbook: counts / row sums * ln(N / "
        "n), zeros where n is 0; smoothed: w = counts * (ln((1 + N) / (1 + "
        "n)) + 1), then w / root of the row sums of w².",
    ),
    returns=("weights",),
    facts=(
        Fact(
            "no weight is negative",
            lambda w: bool((w >= -1e-9).all()),
        ),
    ),
)
