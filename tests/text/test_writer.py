import pytest
import torch

from byhand.text import writer


@pytest.fixture(scope="module")
def texts():
    return writer.texts()


def test_the_texts(texts):
    learned, held_out, words = texts
    assert (len(learned.ids), len(held_out.ids), len(words)) == (
        *(73059, 10968),
        81,
    )
    floor = held_out.information / len(held_out.ids)
    assert floor == pytest.approx(0.3990, abs=5e-5)


def test_a_row_goes_on_where_it_stopped(texts):
    """Whole or in two halves with the state carried: the same logits."""
    learned, _, words = texts
    torch.manual_seed(0)
    model = writer.Writer(len(words), 4, 5)
    ids = learned.ids[None, :20]
    whole, _ = model(ids)
    first, state = model(ids[:, :7])
    second, _ = model(ids[:, 7:], state)
    assert torch.allclose(whole, torch.cat([first, second], 1), atol=1e-6)


def test_a_short_training_learns(texts):
    learned, held_out, words = texts
    torch.manual_seed(0)
    before = writer.held_out_loss(writer.Writer(len(words)), held_out.ids)
    *_, last = writer.train(learned.ids[:4000], len(words))
    assert last.share == 1
    assert writer.held_out_loss(last.model, held_out.ids) < before - 1


def test_writing_is_the_same_for_the_same_throws(texts):
    *_, words = texts
    torch.manual_seed(0)
    model = writer.Writer(len(words), 4, 5)
    text = writer.write(model, words, 20)
    assert text == writer.write(model, words, 20)
    assert text != writer.write(model, words, 20, seed=1)


def test_words_become_a_text():
    tokens = ["He", "said", ",", '"', "Come", "home", ",", '"', ".", "\n", "A"]
    assert writer.joined(tokens) == 'He said, "Come home,".\nA'
