import numpy as np
import pytest

from byhand.sliders import first_batch
from byhand.sliders.first_batch import MODELS, NOT_SHIFTED, SHIFTED
from tests.sliders.reading import require_room, shown

STEPS = range(first_batch.STEPS)


@pytest.mark.parametrize("model", MODELS)
def test_every_position_of_the_slider(model):
    for step in STEPS:
        arrays = first_batch.compute(step, model)
        picture = first_batch.draw(arrays)
        found, now = shown(picture), arrays.now
        assert found["loss"] == f"{now.loss:.4f}"
        assert (found["taught"], found["alone"]) == (
            str(now.taught),
            str(now.alone),
        )
        assert [found["written 0"], found["written 1"]] == now.written
        np.testing.assert_allclose(np.sum(now.chances, axis=1), 1, atol=0.04)
        require_room(picture)


def test_what_is_to_be_seen():
    """What the lesson says one should have found."""
    shifted, not_shifted = (first_batch.record()[name] for name in MODELS)
    assert shifted[-1].loss == 0.0314 and not_shifted[-1].loss == 0.0249
    assert shifted[-1].taught == shifted[-1].alone == 7
    assert not_shifted[-1].taught == 7
    assert not_shifted[-1].written == ["i <eos>", "i <eos>"]
    copied = np.argmax(not_shifted[-1].chances, axis=1)
    assert (copied == first_batch.GIVEN[NOT_SHIFTED]).all()
    assert (shifted[13].taught, shifted[13].alone) == (6, 5)
    assert shifted[13].written == ["i am a student <eos>"] * 2
    right = [now.alone == 7 for now in shifted]
    assert right.index(True) == 10 and shifted[10].loss == 1.5066
    assert np.max(shifted[10].chances, axis=1).max() < 0.35


def logits_for(ids):
    """(2, 5, 8): a model that is nearly sure of these."""
    return 9.0 * np.eye(8)[np.array(ids)]


def test_a_moment_counts_real_tokens_alone():
    right = logits_for(first_batch.TARGETS)
    now = first_batch.moment(0.5, right, [[5, 4, 3, 6, 2], [7, 2]])
    assert (now.taught, now.alone) == (7, 7)
    assert now.written == ["i am a student <eos>", "thanks <eos>"]
    padding = logits_for([[0] * 5] * 2)
    now = first_batch.moment(0.5, padding, [[0] * 6, [0] * 6])
    assert (now.taught, now.alone) == (0, 0)
    # One word too many moves all that follow.
    now = first_batch.moment(0.5, right, [[5, 5, 4, 3, 6, 2], [7, 7, 2]])
    assert now.alone == 2
    np.testing.assert_allclose(now.chances[0], np.eye(8)[5], atol=0.01)


def test_your_own_trainings_are_shown():
    moments = [
        first_batch.moment(loss, logits_for(first_batch.TARGETS), [[5], [7]])
        for loss in np.linspace(2, 1, first_batch.STEPS)
    ]
    panel = first_batch.show({SHIFTED: moments, NOT_SHIFTED: moments})
    assert shown(panel.picture)["loss"] == "1.0000"
    panel.controls["step"].value = 0
    assert shown(panel.picture)["loss"] == "2.0000"


def test_a_loss_that_is_no_number_leaves_the_rest_of_its_line():
    lost = first_batch.moment(
        float("nan"), np.full((2, 5, 8), np.nan), [[], []]
    )
    kept = first_batch.record()
    moments = [*kept[SHIFTED][:-1], lost]
    panel = first_batch.show({**kept, SHIFTED: moments})
    assert shown(panel.picture)["loss"] == "NaN"
    assert "nan" not in panel.picture
    assert panel.picture.count("<polyline") == first_batch.picture().count(
        "<polyline"
    )


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ({"step": 60}, "the step must be"),
        ({"step": 1.5}, "the step must be"),
        ({"model": "turned"}, "the model must be"),
    ],
)
def test_what_is_not_on_offer(numbers, complaint):
    with pytest.raises(ValueError, match=complaint):
        first_batch.compute(**numbers)


def test_the_summary():
    assert first_batch.summary(first_batch.compute(59, NOT_SHIFTED)) == (
        "Targets not shifted, after 59 steps: the loss is 0.0249, and 7 of 7"
        " tokens are right with a teacher.\nOn its own 2 are: je suis étudiant"
        " → i (eos); merci à vous → i (eos)."
    )
