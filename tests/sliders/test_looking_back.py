import re
from types import SimpleNamespace

import numpy as np
import pytest

from byhand.sliders import looking_back
from byhand.sliders.looking_back import LETTERS, PLACES, RECORDED, YOURS
from byhand.text import letters
from tests.sliders.reading import shown


@pytest.mark.parametrize("layer", [1, 2, 3])
@pytest.mark.parametrize("head", [1, 2, 3, 4])
def test_the_picture_says_the_weights(layer, head):
    arrays = looking_back.compute(layer=layer, head=head, place=47)
    assert arrays.weights.sum() == pytest.approx(1)
    texts = shown(looking_back.draw(arrays))
    for k in range(PLACES):
        cell = f"weights{k // LETTERS} 0 {k % LETTERS}"
        if k > 47:  # it comes later, and is not drawn
            assert cell not in texts
        else:
            written = float(texts[cell])
            assert written == pytest.approx(arrays.weights[k], abs=0.00501)


def test_the_prompt_stands_before_what_is_written():
    arrays = looking_back.compute("Tom had a red ball. ")
    assert arrays.text.startswith("\nTom had a red ball. ")
    assert len(arrays.text) == PLACES
    texts = shown(looking_back.draw(arrays))
    goes_on = arrays.text[21:].replace("\n", "↵")
    assert texts["line 0"] + texts["line 1"] == goes_on
    model = letters.recorded()
    (likeliest, *_) = arrays.next
    after = letters.written(model, "Tom had a red ball. ", PLACES, 0)
    assert likeliest == model.alphabet[after.logits[28].argmax()]


def test_an_empty_prompt_is_one():
    arrays = looking_back.compute("")
    assert arrays.prompt == 1 and arrays.text[0] == "\n"
    assert arrays.text[1].isupper()


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("Noë has", "never seen “ë”. It knows the space and"),
        ("a" * 61, "At most 60 letters of a prompt .* these are 61"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(prompt, said):
    panel = looking_back.show()
    panel.controls["prompt"].value = prompt
    assert re.search(said, panel.summary)
    panel.controls["prompt"].value = "Tom had a ball."
    assert "goes on from “Tom had a ball.” with:" in panel.summary


@pytest.mark.parametrize(
    "numbers",
    [{"layer": 4}, {"head": 0}, {"head": 5}, {"place": 100}, {"place": 1.5}],
)
def test_what_there_is_not(numbers):
    with pytest.raises(ValueError, match="must be a whole number"):
        looking_back.compute(**numbers)


def test_yours_is_there_as_soon_as_it_has_learned():
    live = SimpleNamespace(learned=None)
    panel = looking_back.show(live)
    assert panel.controls["whose"].value == RECORDED
    panel.controls["whose"].value = YOURS
    assert "Press “Train” above" in panel.summary
    kept = letters.recorded()
    weights = {name: np.zeros_like(w) for name, w in kept.weights.items()}
    live.learned = letters.Model(kept.alphabet, 4, 50, weights)
    panel.controls["place"].value = 9
    assert panel.summary.startswith("Your model after 50 steps")
    # It knows nothing: every letter is as likely, and has the same weight.
    assert "with 0.10" in panel.summary


def test_what_was_trained_may_have_other_sizes():
    kept = letters.recorded()
    weights = {**kept.weights}
    weights["positions.weight"] = weights["positions.weight"][:64]
    live = SimpleNamespace(
        learned=letters.Model(kept.alphabet, 2, 50, weights)
    )
    arrays = looking_back.compute(head=2, place=63, whose=YOURS, live=live)
    assert len(arrays.text) == 64
    assert "weights3 0 3" in shown(looking_back.draw(arrays))
    with pytest.raises(ValueError, match=r"head must be .* from 1 to 2"):
        looking_back.compute(head=3, whose=YOURS, live=live)
