import re

import numpy as np
import pytest

from byhand.sliders import trained_heads
from byhand.text import reader
from tests.sliders.reading import parse, shown


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("head", [1, 2, 3, 4])
def test_a_row_sums_to_1_and_no_word_sees_a_later_one(layer, head):
    arrays = trained_heads.compute(layer=layer, head=head)
    n = len(arrays.tokens)
    np.testing.assert_allclose(arrays.weights.sum(axis=1), np.ones(n))
    assert not np.triu(arrays.weights, 1).any()
    reading = reader.read(reader.ids_of(trained_heads.SENTENCE))
    np.testing.assert_array_equal(
        arrays.weights, reading.shares[layer - 1, head - 1]
    )


def test_the_picture_says_the_numbers():
    arrays = trained_heads.compute()
    texts = shown(trained_heads.draw(arrays))
    for i, j in np.ndindex(arrays.weights.shape):
        if j > i:  # it is masked, and not drawn
            assert f"weights {i} {j}" not in texts
        else:
            written = float(texts[f"weights {i} {j}"])
            assert written == pytest.approx(arrays.weights[i, j], abs=0.00501)
    assert texts["next0"] == "“drum” "
    assert texts["chance0"] == "1.00"


def test_rows_and_columns_are_the_words_as_they_were_typed():
    picture = trained_heads.draw(trained_heads.compute("ANNA had a kite"))
    texts = ["".join(t.itertext()) for t in parse(picture).iter()]
    for word in ("start", "ANNA", "had", "a", "kite"):
        assert texts.count(word) == 2


def test_two_heads_of_the_first_layer_ask_what_the_lesson_says():
    def favourite(head, token):
        arrays = trained_heads.compute(layer=1, head=head)
        return arrays.tokens[arrays.weights[token].argmax()]

    assert favourite(2, 7) == "Lily"  # the full stop
    assert favourite(3, 12) == "drum"  # the second "small"


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("  ", "no word in it yet"),
        ("Lily had an elephant", "never seen “an”, “elephant”. It knows 77"),
        ("a " * 15, "At most 14 words .* these are 15"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(sentence, said):
    with pytest.raises(ValueError, match=said):
        trained_heads.compute(sentence)
    panel = trained_heads.show()
    panel.controls["sentence"].value = sentence
    assert re.search(said, panel.summary)
    panel.controls["sentence"].value = "Tom had a ball."
    assert "“he”" in panel.summary


@pytest.mark.parametrize("numbers", [{"layer": 3}, {"head": 0}, {"head": 5}])
def test_what_there_is_not(numbers):
    with pytest.raises(ValueError, match="must be a whole number"):
        trained_heads.compute(**numbers)


def test_the_words_are_heard_without_capitals():
    one, other = map(trained_heads.compute, ("Tom met a cat", "tom Met A CAT"))
    np.testing.assert_array_equal(one.weights, other.weights)
