import itertools
from collections import Counter

import numpy as np
import pytest

from byhand.exercises.tokenization.bpe_encode import applied
from byhand.sliders import byte_pairs
from byhand.text import stories
from tests.exercises.references import tokenization as library
from tests.sliders.reading import matrix, require_room, shown

SETTINGS = list(itertools.product((0, 1, 50, 194), byte_pairs.TEXTS))


def pieces():
    written = "\n".join(one.text for one in stories.corpus(500, 0))
    return byte_pairs.PIECES.findall(written)


def test_the_merges_are_those_of_the_library():
    merges = list(byte_pairs.learned())
    assert len(merges) == byte_pairs.MERGES == 194
    assert merges == library.train_bpe(pieces(), 1_000)


def test_what_is_left_of_the_stories():
    """The counts that the lesson prints."""
    often = Counter(pieces())
    for merges, tokens in (
        (0, 68_598),
        (10, 55_208),
        (50, 37_904),
        (100, 27_721),
        (194, 18_232),
    ):
        left = sum(
            times * len(byte_pairs.encoded(piece, merges))
            for piece, times in often.items()
        )
        assert left == tokens
    assert sum(often.values()) == 18_232  # one token a piece in the end


@pytest.mark.parametrize(("merges", "text"), SETTINGS)
def test_the_cut_is_that_of_the_exercise(merges, text):
    cut = byte_pairs.compute(merges, text)
    written = byte_pairs.TEXTS[text]
    assert b"".join(cut.pieces).decode() == written
    expected = [
        one
        for piece in byte_pairs.PIECES.findall(written)
        for one in applied(piece, byte_pairs.learned()[:merges])
    ]
    assert list(cut.ids) == expected
    place = list(byte_pairs.TEXTS).index(text)
    assert cut.counts[place].tolist() == [len(written.encode()), len(expected)]


def test_more_merges_never_make_more_tokens():
    counts = np.array(
        [byte_pairs.compute(k).counts[:, 1] for k in range(0, 195, 5)]
    )
    assert (np.diff(counts, axis=0) <= 0).all()


def test_what_the_lesson_says_about_it():
    """Bytes, syllables, whole words; a foreign text that hardly shrinks."""

    def written(merges, text):
        return [
            byte_pairs.shown(one)
            for one in byte_pairs.compute(merges, text).pieces
        ]

    assert written(0, "English")[:4] == ["O", "n", "e", "·"]
    assert "ver" in written(50, "English")
    assert " ".join(written(194, "English")) == (
        "O ne ·day ·Lily ·met ·a ·dog ·by ·the ·river ."
    )
    for word, first in (("·Lily", 150), ("·river", 113)):
        assert word in written(first, "English")
        assert word not in written(first - 1, "English")
    assert written(194, "Python")[:2] == ["f", "or"]
    for text, before, after in (
        ("English", 36, 11),
        ("German", 23, 16),
        ("French", 37, 30),
        ("Japanese", 33, 33),
        ("emoji", 37, 37),
        ("Python", 27, 15),
    ):
        assert len(written(0, text)) == before
        assert len(written(194, text)) == after


@pytest.mark.parametrize(("merges", "text"), SETTINGS)
def test_the_picture_says_it_and_has_room(merges, text):
    cut = byte_pairs.compute(merges, text)
    picture = byte_pairs.draw(cut)
    require_room(picture)
    (row,) = matrix(picture, "tokens")
    assert row == [byte_pairs.shown(piece) for piece in cut.pieces]
    values = shown(picture)
    assert int(values["tokens"]) == len(cut.ids)
    assert int(values["vocabulary"]) == 256 + merges
    assert int(values["bytes"]) == len(byte_pairs.TEXTS[text].encode())
    assert float(values["bytes_a_token"]) == pytest.approx(
        cut.bytes_a_token, abs=0.0051
    )
    for place, (_, tokens) in enumerate(cut.counts):
        assert int(values[f"tokens_{place}"]) == tokens


@pytest.mark.parametrize("merges", range(0, 195, 6))
@pytest.mark.parametrize("text", byte_pairs.TEXTS)
def test_tokens_stay_within_their_rows(merges, text):
    picture = byte_pairs.draw(byte_pairs.compute(merges, text))
    require_room(picture)


def test_the_summary():
    assert byte_pairs.summary(byte_pairs.compute(194, "English")) == (
        "194 merges learned from our stories cut the English text “One day"
        " Lily met a dog by the river.” into 11 tokens, for 36 characters and"
        " 36 bytes: 3.27 bytes a token.\nThe vocabulary has 450 ids."
    )
    said = byte_pairs.summary(byte_pairs.compute(1, "German"))
    assert said.startswith("1 merge learned")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ((-1, "German"), "from 0 to 194, but it is -1"),
        ((195, "German"), "from 0 to 194, but it is 195"),
        ((2.5, "German"), "from 0 to 194, but it is 2.5"),
        ((5, "Latin"), "the text must be one of English, German, French"),
    ],
)
def test_what_cannot_be_drawn(setting, message):
    with pytest.raises(ValueError, match=message):
        byte_pairs.compute(*setting)
