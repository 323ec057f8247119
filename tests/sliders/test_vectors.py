import itertools

import pytest

from byhand.sliders import record, vectors
from byhand.text import court
from tests.sliders.reading import shown

EVERY = list(
    itertools.product(range(6), (vectors.COURT, vectors.FIVE), range(1, 6))
)


@pytest.mark.parametrize(("epoch", "text", "window"), EVERY)
def test_every_position_of_the_controls(epoch, text, window):
    arrays = vectors.compute(epoch, text, window)
    found = shown(vectors.draw(arrays))
    assert found["right"] == str(arrays.right)
    assert found["regime"] == arrays.regime
    # Each axis reaches 1, and the picture reaches a little farther.
    for along in zip(*arrays.points.values(), strict=True):
        assert max(map(abs, along)) == 1


def test_what_can_be_reached():
    court_ends = {
        window: [
            vectors.compute(e, vectors.COURT, window).regime for e in range(6)
        ]
        for window in range(1, 6)
    }
    assert all(epochs[0] == "noise" for epochs in court_ends.values())
    assert court_ends[4] == ["noise", *["groups"] * 4, "parallel arrows"]
    assert "parallel arrows" not in court_ends[1]
    five = {
        vectors.compute(e, vectors.FIVE, w).regime
        for e in range(6)
        for w in range(1, 6)
    }
    assert five == {"noise"}


def test_the_five_sentences_never_find_queen():
    for epoch, window in itertools.product(range(6), range(1, 6)):
        arrays = vectors.compute(epoch, vectors.FIVE, window)
        assert (arrays.right, arrays.answer != "queen") == (0, True)


def test_the_record_is_of_the_text_as_it_is():
    """The beginning draws on no machine's rounding."""
    for name, text in (
        (vectors.COURT, court.corpus()),
        (vectors.FIVE, court.FIVE),
    ):
        words = {word for sentence in text for word in sentence}
        for epochs in vectors.record()[name].values():
            assert epochs[0]["points"].keys() == {*record.SHOWN[name]}
            assert {one["answer"] for one in epochs} <= words
            assert epochs[0]["right"] < 7


def test_a_training_is_recorded_epoch_by_epoch():
    kept = record.training(vectors.FIVE, court.FIVE, 2)
    assert len(kept) == 6
    assert kept[0] == vectors.record()[vectors.FIVE]["2"][0]


def test_the_summary():
    assert vectors.summary(vectors.compute(0)) == (
        "Word vectors after 0 epochs on 4,000 sentences, window 4: noise.\n"
        "king − man + woman is nearest to the; 0 of 72 analogies come out"
        " right."
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epoch": 6}, "the epoch must be a whole number from 0 to 5"),
        ({"window": 0}, "the window must be a whole number from 1 to 5"),
        ({"text": "a book"}, "or five sentences, but it is 'a book'"),
    ],
)
def test_what_was_not_recorded(settings, message):
    with pytest.raises(ValueError, match=message):
        vectors.compute(**settings)
