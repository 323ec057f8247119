"""Lesson 22's two processes, and what is shown where they may not talk.

That they come to the same as one is seen where the lesson is run again.
"""

import pytest
import torch

from byhand.gpt import parallel


@pytest.mark.about("scaling_out")
def test_the_plain_mean_is_what_is_computed_from_unequal_parts():
    model, inputs, targets = parallel.model_and_batch()
    parts = [
        parallel.gradients(
            model, torch.nn.functional.cross_entropy(model(x), y)
        )
        for x, y in zip(
            inputs.split(parallel.UNEQUAL),
            targets.split(parallel.UNEQUAL),
            strict=True,
        )
    ]
    plain = torch.stack(parts).mean(dim=0)
    gap = (plain - parallel.alone()).abs().max().item()
    assert f"{gap:.3f}" == "0.043"  # as the lesson prints it


@pytest.mark.about("scaling_out")
def test_where_processes_may_not_talk_the_recording_is_shown(
    capsys, monkeypatch
):
    """A network that is not there stands for one that is forbidden."""
    monkeypatch.setattr(
        parallel, "OWN", dict.fromkeys(("linux", "darwin"), "nowhere")
    )
    assert parallel.together("scaling_out/two_processes") == {}
    printed = capsys.readouterr().out
    assert "Two processes may not talk here." in printed
    assert "unequal: off by 0.043" in printed
