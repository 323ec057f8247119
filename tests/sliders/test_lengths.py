import itertools

import pytest

from byhand.sliders import draw, lengths, record
from byhand.text import pairs, translator
from tests.sliders.reading import require_room, shown


@pytest.mark.parametrize("steps", lengths.steps())
def test_every_position_of_the_slider(steps):
    arrays = lengths.compute(steps)
    picture = lengths.draw(arrays)
    found = shown(picture)
    assert found["steps"] == str(steps)
    for name, scores in arrays.scores.items():
        for k, score in enumerate(scores):
            assert found[f"{name} {k}"] == draw.number(score, 1)
    require_room(picture)


def test_the_record_is_whole():
    assert lengths.record()["groups"] == list(pairs.GROUPS)
    assert lengths.steps() == (100, 200, 300, translator.STEPS)
    for steps in lengths.steps():
        scores = lengths.compute(steps).scores
        assert set(scores) == set(lengths.STYLES)
        for each in scores.values():
            assert len(each) == len(pairs.GROUPS)
            assert all(0 <= score <= 100 for score in each)


def test_what_is_to_be_seen():
    """One vector falls with the length, attention hardly."""
    scores = lengths.compute().scores
    attention, vector = scores[lengths.ATTENTION], scores[lengths.VECTOR]
    assert min(attention[:4]) > 95 and attention[-1] > 80
    assert all(a > b + 5 for a, b in itertools.pairwise(vector))
    assert vector[-1] < scores[lengths.DICTIONARY][-1]


def test_there_is_no_such_number_of_steps():
    with pytest.raises(ValueError, match="the number of steps must be"):
        lengths.compute(150)


def test_it_is_recorded_from_both_models(monkeypatch):
    train = translator.train
    monkeypatch.setattr(translator, "STEPS", 4)
    monkeypatch.setattr(
        translator, "train", lambda kind, some: train(kind, some, steps=4)
    )
    few = pairs.unseen(of_each=1)
    monkeypatch.setattr(pairs, "unseen", lambda: few)
    kept = record.of_lengths()
    assert list(kept["models"]) == ["1", "2", "3", "4"]
    assert set(kept["models"]["4"]) == {lengths.ATTENTION, lengths.VECTOR}
    assert len(kept["dictionary"]) == len(kept["groups"]) == 5
