"""The GPT of lesson 17 in NumPy: the same as in PyTorch, and what it knows."""

import dataclasses

import numpy as np
import pytest
import torch

from byhand.gpt.model import GPT
from byhand.gpt.train import PROFILES
from byhand.text import letters, stories

PROMPT = "Lily had a very small drum. She"


def by_torch(model, **sizes):
    """The same model, in double precision."""
    recipe = dataclasses.replace(PROFILES["tiny"], **sizes)
    made = GPT(recipe.model(len(model.alphabet))).double()
    made.load_state_dict(
        {name: torch.from_numpy(w) for name, w in model.weights.items()}
    )
    return made.eval()


def same(model, gpt):
    """Logits and scores of each place, as PyTorch computes them."""
    seen, n = [], 60
    for layer in gpt.layers:
        layer.attention.qkv_proj.register_forward_hook(
            lambda _, __, out: seen.append(out[0])
        )
    written = letters.written(model, PROMPT, n, 0.8)
    ids = torch.tensor([model.ids_of(written.text)])
    with torch.no_grad():
        for k in range(1, n + 1):
            np.testing.assert_allclose(
                written.logits[k - 1], gpt(ids[:, :k])[0].numpy(), atol=1e-8
            )
    whole = seen[-model.layers :]
    for out, scores in zip(whole, written.scores, strict=True):
        Q, K, _ = out.unflatten(-1, (3, model.heads, -1)).permute(1, 2, 0, 3)
        future = torch.ones(n, n, dtype=torch.bool).triu(1)
        theirs = (Q @ K.mT / Q.shape[-1] ** 0.5).masked_fill(
            future, -torch.inf
        )
        np.testing.assert_allclose(scores, theirs.numpy(), atol=1e-8)


def test_it_computes_what_the_gpt_computes():
    model = letters.recorded()
    same(model, by_torch(model))


def test_and_of_other_sizes():
    """Two layers with eight heads, as they begin."""
    sizes = {"num_layers": 2, "num_heads": 8, "d_model": 16, "block_size": 64}
    alphabet = letters.recorded().alphabet
    recipe = dataclasses.replace(PROFILES["tiny"], **sizes)
    gpt = GPT(recipe.model(len(alphabet))).double()
    weights = {name: w.detach().numpy() for name, w in gpt.named_parameters()}
    model = letters.Model(alphabet, 8, 0, weights)
    assert (model.layers, model.block_size) == (2, 64)
    same(model, by_torch(model, **sizes))


def test_the_recorded_one_is_small_and_of_the_button():
    assert letters.RECORD.stat().st_size <= 2_000_000
    model, tiny = letters.recorded(), PROFILES["tiny"]
    assert model.heads == tiny.num_heads and model.steps == tiny.steps
    assert sum(w.size for w in model.weights.values()) == 624_512
    assert all(np.isfinite(w).all() for w in model.weights.values())


def test_it_learned_what_can_be_learned():
    """Within 10 % of the entropy, on stories that it never saw."""
    model, loss, count, floor = letters.recorded(), 0.0, 0, 0.0
    for story in stories.corpus(25, 9):
        text = f"{story.text}\n"
        logits = letters.written(model, text, len(text), 0.0).logits
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        loss -= logs[np.arange(len(text)), model.ids_of(text)].sum()
        count, floor = count + len(text), floor + story.information
    assert floor / count - 0.01 < loss / count < 1.1 * floor / count


def test_greedy_takes_the_likeliest_and_draws_follow_the_chances():
    model = letters.recorded()
    written = letters.written(model, PROMPT, 80, 0.0)
    assert written.text.startswith(f"\n{PROMPT}")
    best = written.logits.argmax(axis=1)[len(PROMPT) : -1]
    assert model.ids_of(written.text[1 + len(PROMPT) :]) == best.tolist()
    texts = {letters.written(model, PROMPT, 80, t).text for t in (0, 1, 1.5)}
    assert len(texts) == 3
    logits = np.log(np.array([0.2, 0.5, 0.3]))
    drawn = [
        letters._next(logits, 1.0, throw) for throw in (0.1, 0.3, 0.69, 0.8, 1)
    ]
    assert drawn == [0, 1, 1, 2, 2]
    assert letters._next(logits, 0.01, 0.001) == 1


def test_a_prompt_may_fill_it_all():
    model = letters.recorded()
    assert letters.written(model, PROMPT, 10, 0.0).text == "\nLily had "


def test_unknown_letters_are_named():
    with pytest.raises(ValueError, match=r"seen “é”, “3”\. It knows "):
        letters.written(letters.recorded(), "Noé had 3", 20, 0.0)


def test_what_it_cannot_run_is_said():
    plain = letters.recorded()
    model = dataclasses.replace(plain, changes=("rotary", "pairs"))
    with pytest.raises(ValueError, match="trained with rotary, pairs"):
        letters.written(model, PROMPT, 20, 0.0)


def test_what_is_recorded_is_read(tmp_path, monkeypatch):
    model = letters.recorded()
    monkeypatch.setattr(letters, "RECORD", tmp_path / "letters.npz")
    letters.record(model)
    letters.recorded.cache_clear()
    again = letters.recorded()
    letters.recorded.cache_clear()
    assert (again.alphabet, again.heads, again.steps) == (
        model.alphabet,
        model.heads,
        model.steps,
    )
    for name, weight in model.weights.items():
        np.testing.assert_array_equal(again.weights[name], weight)


def test_where_to_look_in_a_story():
    story = "Tom had a red ball. He hid the red ball at night."
    text = letters.START + story
    start, end, place = letters._place_of(story, letters.NAME)
    assert text[start:end] == "Tom" and text[: place + 1].endswith("ball. ")
    start, end, place = letters._place_of(story, letters.THING)
    assert text[start:end] == "ball" and text[: start + 1].count("b") == 1
    assert text[: place + 1].endswith("the red ")


def test_two_heads_of_the_last_layer_look_where_the_lesson_says():
    texts = [story.text for story in stories.corpus(40, 99)]
    for what, least in ((letters.NAME, 0.8), (letters.THING, 0.8)):
        looks, even = letters.average_look(letters.recorded(), texts, what)
        assert looks.shape == (3, 4) and looks[2, 0] > least > 3 * even


def test_a_model_that_knows_nothing_looks_everywhere_alike():
    kept = letters.recorded()
    weights = {name: np.zeros_like(w) for name, w in kept.weights.items()}
    blank = letters.Model(kept.alphabet, 4, 0, weights)
    texts = [story.text for story in stories.corpus(3, 99)]
    for what in (letters.NAME, letters.THING):
        looks, even = letters.average_look(blank, texts, what)
        np.testing.assert_allclose(looks, np.full((3, 4), even))
