import time

import numpy as np
import pytest
import torch

from byhand.gpt import train
from byhand.gpt.live import Live
from tests.sliders.reading import parse, shown


@pytest.fixture
def live(monkeypatch, file, recipe):
    """A training of the small recipe on the letters, not yet started."""
    monkeypatch.setitem(train.PROFILES, "tiny", recipe)
    monkeypatch.setattr("byhand.gpt.live.STEPS", (100, 2000, 100))
    return Live("tiny", file)


def test_it_waits_for_its_button(live):
    assert live.run is None and not live.is_training
    assert live.bar.value == 0
    parse(live.picture.value)
    assert live.said.value == "not started" and live.learned is None


def test_it_trains_to_the_end(live):
    live.steps.value = 100
    live.start_button.click()
    live.wait()
    assert live.run.step == 100
    assert live.bar.value == live.bar.max == 100
    assert live.said.value == "done: 100 steps"
    numbers = shown(live.picture.value)
    assert float(numbers["held_out"]) < 2.5
    assert numbers["line 0"].strip()
    assert not live.start_button.disabled and live.stop_button.disabled
    assert live.summary.startswith("After 100 of 100 steps")
    assert live.learned.steps == 100
    for name, weight in live.run.model.named_parameters():
        kept = live.learned.weights[name]
        assert kept.dtype == np.float64
        np.testing.assert_array_equal(kept, weight.detach().cpu().numpy())


def test_what_it_has_learned_is_a_copy(text, recipe):
    run = train.Run(text, recipe, train.Setup(torch.device("cpu")))
    before = run.learned()
    with torch.no_grad():
        for weight in run.model.parameters():
            weight += 1
    after = run.learned()
    for name, weight in before.weights.items():
        np.testing.assert_allclose(after.weights[name] - weight, 1, atol=1e-6)


def test_it_says_how_much_longer_it_takes(live):
    """Of the clock's numbers; what they are, test_pace.py tells."""
    said = []
    live.said.observe(lambda change: said.append(change["new"]), "value")
    live.steps.value = 100
    live.start()
    live.wait()
    reports = [line for line in said if line.startswith("step ")]
    assert len(reports) == 10
    assert all(line.endswith("not known yet") for line in reports[:4])
    assert all(line.endswith(" left") for line in reports[4:])


def test_it_takes_the_rate_of_its_control(live):
    live.steps.value, live.rate.value = 100, 0.03
    live.start()
    live.wait()
    assert live.run.recipe.peak == 0.03
    assert live.run.recipe.floor == pytest.approx(0.003)


def test_it_can_be_stopped_and_started_again(live):
    live.steps.value = 2000
    live.start()
    assert live.start_button.disabled and not live.stop_button.disabled
    deadline = time.monotonic() + 60
    while live.bar.value == 0:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    live.stop_button.click()
    live.wait()
    stopped = live.run.step
    assert 0 < stopped < 2000
    assert live.said.value == f"stopped after step {stopped}"
    live.steps.value = 100
    live.start()
    live.wait()
    assert live.run.step == 100


def test_it_starts_once_only(live):
    live.steps.value = 2000
    live.start()
    live.start()
    thread = live._thread
    live.start()
    assert live._thread is thread
    live.stop()
    live.wait()


def test_what_goes_wrong_is_said(live, tmp_path):
    live.path = tmp_path / "none.txt"
    live.start()
    live.wait()
    assert "No such file" in live.said.value
    assert not live.start_button.disabled


def test_a_notebook_shows_it(live):
    shown_as = live._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown_as
    assert shown_as["text/plain"] == repr(live)
