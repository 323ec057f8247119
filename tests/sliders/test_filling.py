import numpy as np
import pytest
import torch

from byhand.sliders import filling
from byhand.text import gaps as text
from tests.sliders.reading import matrix, require_room, shown

PLACES = len(filling.tokens_of(filling.STORY))


@pytest.fixture(scope="module")
def model():
    """One that has learned nothing."""
    bert = text.small(text.TinyBert(len(text.words()), **text.SIZES), 0)
    return bert, text.small(text.TinyHead(bert.table), 1)


@pytest.mark.parametrize("hidden", range(1, PLACES + 1))
def test_every_position_of_the_slider(hidden):
    arrays = filling.compute(hidden)
    picture = filling.draw(arrays)
    rows = matrix(picture, "chances")
    assert len(rows) == filling.LIKELIEST
    for row, (word, chance) in zip(rows, arrays.model.items(), strict=True):
        exact = arrays.exact.get(word, 0)
        assert row == [f"{chance:.3f}", f"{exact:.3f}"]
    require_room(picture)


def test_the_record_is_whole():
    kept = filling.record()
    assert len(kept["model"]) == len(kept["exact"]) == PLACES
    looks = np.array(kept["looks"])
    assert looks.shape == (filling.LAYERS, filling.HEADS, PLACES + 2)
    np.testing.assert_allclose(looks.sum(-1), 1, atol=2e-2)
    for place, exact in enumerate(kept["exact"]):
        right = text.posterior(filling.STORY, place)
        for word, chance in exact.items():
            assert chance == pytest.approx(right[word], abs=1e-3)


def test_what_is_to_be_seen():
    """The model is sure where it can be, and as unsure as it must be."""
    kept = filling.record()
    unsure = []
    for place, (model, exact) in enumerate(
        zip(kept["model"], kept["exact"], strict=True), 1
    ):
        assert next(iter(model)) == next(iter(exact))
        if len(exact) > 1:
            unsure.append(place)
        else:
            assert next(iter(model.values())) > 0.9
    assert unsure == [8, 16]
    assert filling.tokens_of(filling.STORY)[7] == "loved"
    assert kept["model"][15]["day"] == pytest.approx(0.5, abs=0.05)


def test_the_summary():
    said = filling.summary(filling.compute())
    assert said.startswith(
        "Token 16 of 37 is hidden, “day”. The model says “day” with 0."
    )
    assert "exactly, “day” is likeliest, with 0.500." in said


@pytest.mark.parametrize("hidden", [0, PLACES + 1])
def test_no_such_token(hidden):
    with pytest.raises(ValueError, match=f"no number {hidden}"):
        filling.compute(hidden)


def test_another_story_needs_your_model():
    with pytest.raises(ValueError, match="hand it to show"):
        filling.compute(1, story="Ben had a ball.")


def test_a_model_may_read_another_story(model):
    panel = filling.show(*model)
    first = panel.picture
    assert first == filling.picture()
    panel.controls["story"].value = filling.STORY
    assert panel.picture != first
    story = text.stories.corpus(1, 5)[0].text
    panel.controls["story"].value = story
    panel.controls["hidden"].value = 1
    child = story.split()[0]
    assert f"exactly, “{child}” is likeliest, with 1.000." in panel.summary
    assert float(shown(panel.picture)["chances 0 0"]) < 0.2
    require_room(panel.picture)
    panel.controls["story"].value = story.replace(".", " dragon.", 1)
    assert "'dragon' is a word of no story" in panel.summary
    panel.controls["story"].value = story.replace("had", "found", 1)
    assert "no word makes a story of this text" in panel.summary


def test_looks_are_what_the_model_pays_attention_to(model):
    """From its weights, beside what its attention gives to values."""
    bert, _ = model
    ids = text.rows_of([filling.STORY])
    looks = text.looks(bert, ids)
    assert looks.shape == (filling.LAYERS, filling.HEADS, ids.shape[1])
    torch.testing.assert_close(looks.sum(-1), torch.ones(2, 4))
    read = []
    attention = bert.layers[1].self_attention
    hook = attention.register_forward_hook(
        lambda _, given, came: read.extend([given[0], came])
    )
    with torch.no_grad():
        bert(ids)
        hook.remove()
        x, came = read
        values = attention.v_proj(x)[0].unflatten(-1, (filling.HEADS, -1))
        mixed = torch.einsum("hn,nhw->hw", looks[1], values).flatten()
        torch.testing.assert_close(attention.out_proj(mixed), came[0, 0])
