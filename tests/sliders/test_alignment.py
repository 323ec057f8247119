import numpy as np
import pytest

from byhand.sliders import alignment, draw, record
from byhand.text import pairs, translator
from tests.sliders.reading import matrix, require_room, shown


def test_the_record_is_whole():
    kept = alignment.record()
    sentences = [" ".join(one["english"]) for one in kept]
    assert sentences == list(record.TRANSLATED)
    for name, text in zip(alignment.NAMES, sentences, strict=True):
        assert name in text
    said = {" ".join(p.english): list(p.french) for p in pairs.learned()}
    for one in kept:
        weights = np.array(one["weights"])
        m, n = len(one["french"]), len(one["english"])
        assert weights.shape == (translator.LAYERS, translator.HEADS, m, n)
        np.testing.assert_allclose(weights.sum(-1), 1, atol=6e-3)
    assert kept[-1]["french"] == said["how are you ?"]


@pytest.mark.parametrize("sentence", range(len(record.TRANSLATED)))
def test_every_map(sentence):
    for layer in (1, 2):
        for head in ("mean", "1", "2", "3", "4"):
            arrays = alignment.compute(sentence, layer, head)
            picture = alignment.draw(arrays)
            assert matrix(picture, "weights") == [
                [draw.number(weight) for weight in row]
                for row in arrays.weights
            ]
            assert shown(picture)["crossings"] == str(arrays.crossings)
            require_room(picture)


def test_what_is_to_be_seen():
    """Noun and adjective cross; an article looks at the noun."""
    for layer in (1, 2):
        arrays = alignment.compute(0, layer)
        looks = dict(zip(arrays.french, arrays.looks, strict=True))
        assert (looks["maison"], looks["bleue"]) == (2, 1)
        assert arrays.crossings >= 1
    said = alignment.summary(alignment.compute(0))
    assert "le at bird" in said
    arrays = alignment.compute(1)
    looks = dict(zip(arrays.french, arrays.looks, strict=True))
    assert arrays.english[looks["n'"]] == arrays.english[looks["pas"]]
    assert arrays.english[looks["n'"]] == "hear"


def test_the_mean_is_of_the_heads():
    one = alignment.compute(2, 1, "mean").weights
    heads = [alignment.compute(2, 1, str(k)).weights for k in (1, 2, 3, 4)]
    np.testing.assert_allclose(one, np.mean(heads, axis=0))


def test_crossings_by_hand():
    weights = np.eye(4)[[0, 2, 1, 3]][None, None]
    entry = {"english": "abcd", "french": "efgh", "weights": weights}
    assert alignment.compute(layer=1, typed=entry).crossings == 1
    entry["weights"] = np.eye(4)[::-1][None, None]
    assert alignment.compute(layer=1, typed=entry).crossings == 6


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sentence": 9}, "the sentence must be"),
        ({"layer": 3}, "the layer must be"),
        ({"head": "5"}, "the head must be"),
    ],
)
def test_there_is_no_such_map(wrong, said):
    with pytest.raises(ValueError, match=said):
        alignment.compute(**wrong)


def of_a_model():
    *_, last = translator.train(
        translator.Translator, pairs.corpus(50, 0), steps=2
    )

    def typed(text):
        seen = translator.look(last.model, pairs.read(text))
        return seen._asdict() | {"weights": seen.weights.tolist()}

    return typed


def test_a_sentence_of_ones_own():
    panel = alignment.show().ask(of_a_model())
    assert panel.widget.children[0] is panel.line
    before = panel.picture
    panel.line.value = "The cat sings."
    assert "“the cat sings .” became" in panel.summary
    require_room(panel.picture)
    panel.controls["layer"].value = 1
    assert "layer 1" in panel.summary
    # Of what was drawn ahead, nothing is of another sentence.
    assert all("cat sings" in one for one in panel._picture.ahead.values())
    panel.line.value = "the elephant sings ."
    assert panel.summary == "not among the 46 words: elephant"
    panel.line.value = "the cat that sees the dog that sees the cat sings ."
    assert panel.summary.startswith("at most 10 words fit, and these are 12")
    panel.line.value = "a bird runs ."
    panel.controls["sentence"].value = 1
    assert panel.line.value == "" and "a tired star" in panel.summary
    panel.reset()
    assert panel.picture == before


def test_without_a_model_there_is_nothing_to_type():
    panel = alignment.show()
    assert panel.line is None
    assert len(panel.ask(of_a_model()).widget.children) == 3


def test_it_is_recorded_from_a_trained_model(monkeypatch):
    train = translator.train

    def quickly(kind, corpus):
        return train(kind, corpus, steps=2)

    monkeypatch.setattr(translator, "train", quickly)
    kept = record.of_alignment()
    assert [" ".join(one["english"]) for one in kept] == list(
        record.TRANSLATED
    )
    assert np.array(kept[0]["weights"]).shape[:2] == (2, 4)
