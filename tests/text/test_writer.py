import pytest
import torch

from authoring.paths import ROOT
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


@pytest.mark.parametrize("cell", ["GRU", "RNN"])
def test_other_cells_learn_too(texts, cell):
    learned, _, words = texts
    settings = writer.Settings(cell, 16, epochs=1)
    steps = writer.train(learned.ids[:20000], len(words), settings)
    first = next(steps).loss
    *_, last = steps
    assert isinstance(last.model.cells, getattr(torch.nn, cell))
    assert last.loss < first - 0.5


def test_a_fresh_state_forgets_the_window_before(texts):
    """One step of training is alike; from the second on they part."""
    learned, _, words = texts

    def losses(carried):
        settings = writer.Settings(window=8, epochs=1, carried=carried)
        steps = writer.train(learned.ids[:1000], len(words), settings)
        return [progress.loss for progress in steps]

    (first, second, *_), (same, other, *_) = losses(True), losses(False)
    assert first == same and second != other


def test_the_lessons_table_is_of_what_is_compared():
    lesson = (ROOT / "solutions/06_recurrence.py").read_text("utf-8")
    for name in writer.COMPARED:
        assert f"# | {name} | 0." in lesson


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
