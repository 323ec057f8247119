"""The trained GPT of lesson 10: by hand in NumPy, and what it learned."""

import numpy as np
import pytest
import torch

from byhand.gpt import reader as training
from byhand.gpt.model import GPT
from byhand.text import reader, stories

STORY = "Lily had a very small drum. She washed the very small drum at night."


def by_torch():
    """The same model, in double precision, with the weights that are kept."""
    model = GPT(training.config()).double()
    kept = {k: torch.from_numpy(each) for k, each in reader.weights().items()}
    model.load_state_dict(kept)
    return model


def test_it_computes_what_the_gpt_computes():
    model, ids = by_torch(), reader.ids_of(STORY)
    reading = reader.read(ids)
    for n in range(1, len(ids) + 1):
        with torch.no_grad():
            (logits,) = model(torch.tensor([ids[:n]])).numpy()
        np.testing.assert_allclose(reading.logits[n - 1], logits, atol=1e-5)


def test_its_weights_are_those_of_the_gpt():
    model, ids = by_torch(), reader.ids_of(STORY)
    seen = []
    for layer in model.layers:
        layer.attention.qkv_proj.register_forward_hook(
            lambda _, __, out: seen.append(out)
        )
    with torch.no_grad():
        model(torch.tensor([ids]))
    reading = reader.read(ids)
    n = len(ids)
    for out, scores, shares in zip(
        seen, reading.scores, reading.shares, strict=True
    ):
        Q, K, _ = (
            out[0].unflatten(-1, (3, reader.HEADS, -1)).permute(1, 2, 0, 3)
        )
        future = torch.ones(n, n, dtype=torch.bool).triu(1)
        theirs = (Q @ K.mT / Q.shape[-1] ** 0.5).masked_fill(
            future, -torch.inf
        )
        np.testing.assert_allclose(scores, theirs, atol=1e-5)
        np.testing.assert_allclose(shares, theirs.softmax(-1), atol=1e-5)


def test_it_is_small_and_finite():
    assert reader.WEIGHTS.stat().st_size <= 2_000_000
    assert all(np.isfinite(each).all() for each in reader.weights().values())


def test_it_knows_every_word_of_the_stories():
    for story in stories.corpus(300, 5):
        ids = reader.ids_of(story.text)
        assert len(ids) <= reader.PLACES
        tokens = [word.lower() for word in reader.tokens_of(story.text)]
        assert [reader.words()[k] for k in ids] == [reader.START, *tokens]


def test_it_learned_what_can_be_learned():
    """Within 2 % of the entropy, on stories that it never saw."""
    loss, count, floor = 0.0, 0, 0.0
    for story in stories.corpus(100, 9):
        ids = reader.ids_of(story.text)
        logits = reader.read(ids).logits
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        # After the last word comes the start of the next story.
        loss -= logs[np.arange(len(ids)), [*ids[1:], 0]].sum()
        count, floor = count + len(ids), floor + story.information
    assert floor / count - 0.01 < loss / count < 1.02 * floor / count


def test_unknown_words_are_named():
    with pytest.raises(ValueError, match="seen “elephant”, “Paris”"):
        reader.ids_of("The elephant met a dog in Paris. The elephant ran.")


def test_a_training_writes_what_is_read():
    said = []
    model = training.trained(said.append, steps=2)
    names = {name for name, _ in model.named_parameters()}
    assert names == set(reader.weights())
    assert len(said) == 1 and said[0].startswith("step 2: ")
