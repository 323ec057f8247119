import itertools
import math
import time

import numpy as np
import pytest
import torch

from byhand.sliders import schedule
from tests.sliders.reading import require_room, shown

PEAKS = np.round(np.arange(0.02, 0.61, 0.02), 2)
CORNERS = list(
    itertools.product((0.02, 0.3, 0.6), (0, 40), (60, 120), (0, 100))
)


def by_torch(rates):
    """The mean loss of the four models before and after each step."""
    start, batches = (torch.from_numpy(each) for each in schedule.drawn())
    shares = torch.from_numpy(schedule.pairs())
    weights = start.clone().requires_grad_()
    adam = torch.optim.Adam([weights])

    def losses(of):
        inner, outer, one, two = schedule.parts_of(weights, len(shares))
        scores = torch.relu(inner + one) @ outer + two
        return -(of * scores.log_softmax(-1)).sum((1, 2))

    found = []
    for rate, batch in zip(rates, batches, strict=True):
        found.append(losses(shares).mean().item())
        adam.param_groups[0]["lr"] = rate
        adam.zero_grad()
        losses(batch).sum().backward()
        adam.step()
    return [*found, losses(shares).mean().item()]


@pytest.mark.parametrize(
    "setting", [(0.3, 20, 120, 5), (0.6, 0, 60, 0), (0.02, 40, 90, 100)]
)
def test_training_is_that_of_pytorch(setting):
    arrays = schedule.compute(*setting)
    expected = by_torch(arrays.rates.tolist())
    np.testing.assert_allclose(arrays.losses, expected, rtol=1e-7)


@pytest.mark.parametrize("setting", CORNERS)
def test_the_rates_are_those_of_the_exercise(setting):
    from byhand.exercises.training.warmup_cosine_lr import by_a_turn

    arrays = schedule.compute(*setting)
    peak, warmup, total, _ = setting
    expected = [
        by_a_turn(step, warmup, total, peak, arrays.floor)
        for step in range(schedule.STEPS)
    ]
    np.testing.assert_allclose(arrays.rates, expected, atol=1e-12)
    np.testing.assert_array_equal(
        arrays.constant, schedule.learn(np.full(schedule.STEPS, peak))[0]
    )


def test_no_model_beats_the_entropy_of_the_text():
    words = schedule.TEXT.split()
    known = list(itertools.pairwise(words))
    first = words[:-1]
    entropy = -sum(
        math.log(known.count(pair) / first.count(pair[0])) for pair in known
    ) / len(known)
    assert schedule.lowest() == pytest.approx(entropy)
    for peak in PEAKS:
        arrays = schedule.compute(peak)
        for losses in (arrays.losses, arrays.constant):
            assert losses.shape == (schedule.STEPS + 1,)
            assert (losses > entropy).all() and (losses < 4).all()
            assert losses[0] == pytest.approx(math.log(13), abs=0.01)


# What the lesson says of a setting: the last loss, and the dead units.
@pytest.mark.parametrize(
    ("setting", "last", "dead"),
    [
        ((0.3, 20, 120, 5), 1.045, 5),
        ((0.3, 0, 120, 5), 1.107, 13),
        ((0.3, 20, 120, 100), 1.142, 6),
        ((0.5, 0, 120, 5), 1.708, 21),
        ((0.5, 20, 120, 5), 1.135, 8),
        ((0.02, 0, 120, 5), 1.215, 0),
    ],
)
def test_what_the_lesson_says_about_it(setting, last, dead):
    arrays = schedule.compute(*setting)
    assert arrays.losses[-1] == pytest.approx(last, abs=5e-4)
    assert arrays.dead == dead


def test_what_the_lesson_says_about_the_peak_all_the_time():
    both, timid = schedule.compute(0.3), schedule.compute(0.02, 0)
    assert schedule.lowest() == pytest.approx(0.992, abs=5e-4)
    assert both.losses[-1] - schedule.lowest() == pytest.approx(
        0.053, abs=5e-4
    )
    assert both.constant[-1] == pytest.approx(1.244, abs=5e-4)
    assert both.constant[-1] - schedule.lowest() == pytest.approx(
        0.252, abs=5e-4
    )
    assert both.dead_constant == 14
    assert timid.constant[-1] == pytest.approx(1.067, abs=5e-4)
    assert timid.dead_constant == 0
    assert schedule.learn(schedule.compute(0.3, 0).rates[:10])[1] == 9
    # At the end one line jumps about, and the other does not.
    restless = schedule.compute(0.3, 20, 120, 100)
    jumps = [abs(np.diff(a.losses[-40:])).max() for a in (both, restless)]
    assert jumps[0] < 0.02 < 0.05 < jumps[1]


def test_the_picture_says_the_numbers_and_has_room_for_them():
    for setting in CORNERS:
        arrays = schedule.compute(*setting)
        picture = schedule.draw(arrays)
        require_room(picture)
        assert float(shown(picture)["after"]) == pytest.approx(
            arrays.losses[-1], abs=6e-4
        )
        assert int(shown(picture)["dead"]) == arrays.dead


def test_it_answers_within_a_blink():
    schedule.picture()
    spent = []
    for warmup in range(9):
        start = time.process_time()
        schedule.draw(schedule.compute(0.3, warmup))
        spent.append(time.process_time() - start)
    assert sorted(spent)[4] < 0.04  # 0.007 on an idle machine


def test_the_summary():
    arrays = schedule.compute(0.3, 20, 120, 5)
    said = schedule.summary(arrays)
    assert said.startswith(
        "The learning rate rises to 0.30 in 20 steps and falls to 0.015 at"
        " step 120.\nThe loss falls from 2.564 to 1.045;"
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ((0, 20, 120, 5), "above 0 and at most 1, but it is 0"),
        ((1.1, 20, 120, 5), "above 0 and at most 1, but it is 1.1"),
        ((math.nan, 20, 120, 5), "but it is nan"),
        ((0.3, -1, 120, 5), "but they are -1 and 120"),
        ((0.3, 60, 60, 5), "but they are 60 and 60"),
        ((0.3, 20, 121, 5), "total ≤ 120 steps, but they are 20 and 121"),
        ((0.3, 2.5, 120, 5), "whole number of steps, but it is 2.5"),
        ((0.3, 20, 99.5, 5), "whole number of steps, but it is 99.5"),
        ((0.3, 20, 120, 101), "from 0 to 100 percent, but it is 101"),
        ((0.3, 20, 120, -1), "from 0 to 100 percent, but it is -1"),
    ],
)
def test_what_cannot_be_drawn(setting, message):
    with pytest.raises(ValueError, match=message):
        schedule.compute(*setting)
