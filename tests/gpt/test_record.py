"""The recorded training is what the code of today does."""

import dataclasses

import numpy as np
import pytest
import torch

from byhand.gpt import record, stories
from byhand.gpt.train import PROFILES
from byhand.sliders import training


def test_the_first_steps_are_those_that_were_recorded(monkeypatch):
    kept = training.record()
    # The rate follows from the recipe's whole length, so that stays.
    from byhand.gpt import train

    run_whole = train.train

    def cut(run):
        for report in run_whole(run):
            yield report
            if report.step == 20:
                return

    monkeypatch.setattr(train, "train", cut)
    short, _ = record.recorded(PROFILES["tiny"], training.EVERY, print)
    assert short["floor"] == stories.entropy() == kept["floor"]
    assert short["samples"][0] == kept["samples"]["0"]
    assert short["held_out"][0] == pytest.approx(kept["held_out"]["0"])
    # float32 on another machine: 1e-3 is far above rounding after twenty
    # steps, and far below what another recipe, model or text would do.
    for step in (10, 20):
        assert short["losses"][step] == pytest.approx(
            kept["losses"][str(step)], abs=1e-3
        )


def test_what_is_recorded(monkeypatch):
    monkeypatch.setattr("byhand.gpt.data.STORIES", (200, 20))
    recipe = dataclasses.replace(
        PROFILES["tiny"],
        num_layers=1,
        num_heads=1,
        d_model=8,
        batch_size=2,
        steps=20,
        warmup=2,
        evaluate_on=1,
    )
    torch.manual_seed(99)  # nothing of it depends on what was drawn before
    (kept, learned), (again, other) = (
        record.recorded(recipe, 10, lambda line: None) for _ in "ab"
    )
    assert kept == again
    assert (learned.alphabet, learned.steps) == (other.alphabet, 20)
    for name, weight in learned.weights.items():
        np.testing.assert_array_equal(weight, other.weights[name])
    assert list(kept["losses"]) == [10, 20]
    assert list(kept["held_out"]) == list(kept["samples"]) == [0, 10, 20]
    assert all(len(s) == record.LENGTH for s in kept["samples"].values())
