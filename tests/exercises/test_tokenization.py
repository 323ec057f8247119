"""Merges and pieces of this lesson against `tokenizers`, on many texts.

And what the lesson's card promises of any text, by what a learner writes.
"""

import numpy as np

from byhand.exercises.tokenization.bpe_encode import applied
from byhand.exercises.tokenization.shared import LETTERS, learnt, pieces_of
from byhand.exercises.tokenization.wordpiece_tokenize import greedy
from tests.exercises.references import tokenization as library

EXAMPLE = ["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3


def random_words(rng):
    """Words of a few letters, so that ties are the rule."""
    few = list(LETTERS[: rng.integers(2, 6)]) + ["é"] * int(rng.integers(2))
    return [
        "".join(rng.choice(few, rng.integers(1, 9)))
        for _ in range(rng.integers(1, 25))
    ]


def spelt_twice(merges):
    """Whether two merges make the same piece, of other halves.

    `tokenizers` gives both the same id; by the rule of the exercise each
    merge has its own.
    """
    pieces = pieces_of(merges)
    return len(set(pieces.values())) < len(pieces)


def test_the_same_merges_and_the_same_ids_as_the_library():
    rng, compared = np.random.default_rng(0), 0
    for _ in range(400):
        words = random_words(rng)
        merges = learnt(words, int(rng.integers(0, 25)))
        if spelt_twice(merges):
            continue
        compared += 1
        assert merges == library.train_bpe(words, len(merges))
        for text in (*random_words(rng), "".join(words)[:40]):
            assert applied(text, merges) == library.bpe_encode(text, merges)
    assert compared > 300


def test_the_same_pieces_as_the_library():
    rng, known = np.random.default_rng(0), 0
    for _ in range(500):
        some = ["".join(rng.choice(list("abé"), n)) for n in (1, 2, 3) * 4]
        pieces = [*some[:5], *(f"##{piece}" for piece in some[5:])]
        word = "".join(rng.choice(list("abé"), rng.integers(0, 8)))
        came = greedy(word, pieces)
        assert came == library.wordpiece_tokenize(word, pieces)
        known += came != ["[UNK]"]
    assert 100 < known < 450


def test_the_table_of_the_lesson():
    merges = learnt(EXAMPLE, 10)
    assert merges == [
        *((101, 115), (256, 116), (108, 111), (258, 119), (101, 119)),
        *((110, 260), (261, 257), (100, 257), (105, 263), (119, 264)),
    ]
    sizes = [
        sum(len(applied(word, merges[:k])) for word in EXAMPLE)
        for k in range(11)
    ]
    assert sizes == [79, 70, 61, 54, 47, 41, 35, 29, 26, 23, 20]
    assert applied("lowest", merges) == [259, 257]


def test_every_text_comes_back():
    merges = learnt(EXAMPLE, 10)
    pieces = pieces_of(merges)
    for text in (
        "",
        "é",
        "e\u0301",
        "你好",
        "🙂",
        "👨‍👩‍👧",
        "שלום",
        "नमस्ते",
        "\x00",
    ):
        joined = b"".join(pieces[one] for one in applied(text, merges))
        assert joined.decode() == text
