import itertools
import time

import pytest

from byhand.sliders import training
from byhand.sliders.training import ABOVE, LOSS
from byhand.text import stories
from tests.sliders.reading import require_room, shown

STEPS = range(0, 801, training.EVERY)
SETTINGS = list(itertools.product(STEPS, (LOSS, ABOVE)))


def test_what_was_recorded_is_a_training_of_today():
    """That a model of now learns the same: tests/gpt/test_record.py."""
    kept = training.record()
    assert kept["floor"] == pytest.approx(stories.entropy(), abs=1e-12)
    assert [int(at) for at in kept["losses"]] == list(range(10, 801, 10))
    for name in ("held_out", "samples"):
        assert [int(at) for at in kept[name]] == list(STEPS)
    assert min(kept["held_out"].values()) > kept["floor"]


def test_a_curve_ends_at_its_step():
    for step in STEPS:
        curve = training.compute(step)
        assert curve.steps == list(range(10, step + 1, 10))
        assert curve.measured == [at for at in STEPS if at <= step]
        assert len(curve.losses) == len(curve.steps)
        assert len(curve.held_out) == len(curve.measured)
        assert curve.sample == training.record()["samples"][str(step)]


def bare(text):
    """Its words without what stands beside them."""
    return text.translate(str.maketrans('.,"', "   ")).split()


def test_what_the_lesson_says_about_it():
    held_out = training.record()["held_out"]
    floor = training.record()["floor"]
    samples = training.record()["samples"]
    assert held_out["800"] - floor < 0.003
    assert 0.122 < training.record()["losses"]["800"] < 0.123
    vocabulary = {
        word
        for story in stories.corpus(3000, 0)
        for word in story.text.replace(".", "").replace('"', "").split()
    }

    def known(step):
        """Which share of the words that it wrote are words."""
        words = bare(samples[str(step)])[:-1]  # the last may be cut off
        return sum(word in vocabulary for word in words) / len(words)

    assert known(0) < 0.05
    assert known(50) < 0.25 and 0.5 < known(150) < 0.55
    assert 0.79 < known(200) < 0.85 and known(800) > 0.98


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_picture_says_the_numbers_and_has_room_for_them(setting):
    picture = training.draw(training.compute(*setting))
    require_room(picture)
    curve = training.compute(*setting)
    numbers = shown(picture)
    assert float(numbers["held_out"]) == pytest.approx(
        curve.held_out[-1], abs=6e-5
    )
    assert float(numbers["floor"]) == pytest.approx(0.1060, abs=1e-9)
    assert numbers["line 0"].strip() in " ".join(curve.sample.split())


def test_a_text_whose_floor_nobody_knows():
    curve = training.compute(100)._replace(floor=None)
    picture = training.draw(curve)
    assert "floor" not in shown(picture)
    assert "below" not in training.summary(curve)


def test_nothing_yet():
    empty = training.Curve(0, 800, None, [], [], [], [], "")
    picture = training.draw(empty)
    require_room(picture)
    assert set(shown(picture)) == {f"line {k}" for k in range(4)}


def test_it_answers_within_a_blink():
    spent = []
    for step in STEPS:
        start = time.process_time()
        training.draw(training.compute(step))
        spent.append(time.process_time() - start)
    assert sorted(spent)[8] < 0.02  # 0.001 on an idle machine


def test_the_summary():
    curve = training.compute()
    said = training.summary(curve)
    assert said.startswith("After 800 of 800 steps the loss on text that it")


@pytest.mark.parametrize("step", [-50, 25, 850, 800.5])
def test_a_step_that_was_not_recorded(step):
    with pytest.raises(ValueError, match=r"one of 0, 50, …, 800, but it is"):
        training.compute(step)
