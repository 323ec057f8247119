import numpy as np
import pytest
import torch

from byhand.sliders import sentence_map
from byhand.text import meanings
from tests.sliders.reading import require_room, shown


@pytest.mark.parametrize("step", sentence_map.STEPS)
def test_every_position_of_the_slider(step):
    for which in (1, meanings.SHOWN):
        arrays = sentence_map.compute(step, which)
        picture = sentence_map.draw(arrays)
        found = shown(picture)
        assert found["own"] == f"{arrays.own[which - 1]:.3f}"
        assert found["english"] == arrays.words[which - 1][0]
        assert np.abs(arrays.english).max() < 1.15
        assert np.abs(arrays.french).max() < 1.15
        require_room(picture)


def test_the_record_is_whole():
    kept = sentence_map.record()
    words = [[" ".join(side) for side in pair] for pair in meanings.shown()]
    assert kept["words"] == words
    assert [int(step) for step in kept["steps"]] == [*sentence_map.STEPS]
    assert sentence_map.STEPS[-1] == meanings.STEPS


def test_what_is_to_be_seen():
    """What the lesson says one should have found."""
    first, early, last = (sentence_map.compute(s) for s in (0, 50, 300))
    assert min(first.own.min(), first.nearest.min()) > 0.9
    assert first.found == 0
    assert early.found == last.found == meanings.SHOWN
    assert last.nearest.mean() < early.nearest.mean() - 0.1
    assert [*np.argsort(-last.nearest)[:2] + 1] == [8, 10]
    english = [last.words[k - 1][0] for k in (8, 10)]
    assert english == [
        f"the small {who} does not sing ." for who in ("book", "dog")
    ]


def test_the_summary():
    said = sentence_map.summary(sentence_map.compute())
    assert said.startswith(
        "After 300 steps 12 of 12 English sentences find their French ones."
    )


def made(seed):
    """Vectors as a training keeps them."""
    rng = torch.Generator().manual_seed(seed)
    return {
        step: torch.randn(2, meanings.SHOWN, 64, generator=rng)
        for step in sentence_map.STEPS
    }


def test_what_a_training_kept_is_looked_at_by_its_cosines():
    kept = made(0)
    found = sentence_map.seen(kept)["50"]
    table = torch.cosine_similarity(kept[50][0][:, None], kept[50][1], dim=-1)
    np.testing.assert_allclose(found["own"], table.diagonal(), atol=1e-3)
    table.fill_diagonal_(-2)
    np.testing.assert_allclose(found["nearest"], table.amax(1), atol=1e-3)


def test_yours_is_shown_where_it_was_handed_over():
    panel = sentence_map.show(made(0))
    first = panel.picture
    assert first == sentence_map.picture()
    panel.controls["whose"].value = sentence_map.YOURS
    assert panel.picture != first
    require_room(panel.picture)
    assert "whose" not in sentence_map.show().controls


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ({"step": 25}, "the step must be"),
        ({"which": 13}, "the pair must be"),
        ({"whose": "yours"}, "hand it to show"),
    ],
)
def test_what_is_not_on_offer(numbers, complaint):
    with pytest.raises(ValueError, match=complaint):
        sentence_map.compute(**numbers)
