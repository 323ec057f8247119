"""A small translator, and what the figure of its training was drawn from."""

import math

import pytest
import torch

from byhand.bank import find
from byhand.sliders import first_batch
from byhand.text import two_sentences
from byhand.text.two_sentences import BOS, EOS, GIVEN, SOURCE, TARGETS
from byhand.tools import one_torch_thread

pytestmark = pytest.mark.about("15_training")


def test_the_figure_and_the_batch_speak_of_the_same_sentences():
    assert TARGETS.tolist() == [list(row) for row in first_batch.TARGETS]
    shift = find("training.shift_right").reference
    assert torch.equal(shift(TARGETS, BOS), GIVEN)
    assert tuple(GIVEN[0].tolist()) == first_batch.GIVEN[first_batch.SHIFTED]
    assert first_batch.STEPS == two_sentences.STEPS
    assert len(first_batch.TOKENS) == two_sentences.TOKENS


def test_a_new_translator_is_sure_of_nothing_and_sees_nothing_later():
    model = two_sentences.new_translator()
    with torch.no_grad():
        logits = model(SOURCE, GIVEN)
        changed = GIVEN.clone()
        changed[:, -1] = EOS
        again = model(SOURCE, changed)
    assert logits.softmax(-1).max() < 2 / 8
    assert torch.allclose(logits[:, :-1], again[:, :-1])
    assert not torch.allclose(logits[:, -1], again[:, -1])


class Fixed(torch.nn.Module):
    """Writes rows of ids, whatever it reads."""

    def __init__(self, *rows):
        super().__init__()
        self.rows = torch.tensor(rows)

    def forward(self, source, given):
        ids = self.rows[:, : given.shape[1]]
        return torch.nn.functional.one_hot(ids, 8).double()


def test_what_it_writes_ends_at_the_end_or_at_six():
    model = Fixed([5, 4, 3, 3, 3, 3], [7, EOS, 5, 5, 5, 5]).eval()
    assert two_sentences.write(model) == [[5, 4, 3, 3, 3, 3], [7, EOS]]
    assert not model.training
    assert two_sentences.write(model.train())[1] == [7, EOS]
    assert model.training


@pytest.mark.parametrize(
    ("name", "given"),
    [(first_batch.SHIFTED, GIVEN), (first_batch.NOT_SHIFTED, TARGETS)],
)
def test_the_record_is_what_the_training_gives(name, given):
    kept = first_batch.record()[name]
    model = two_sentences.new_translator()
    with one_torch_thread():
        for step, (loss, _) in enumerate(two_sentences.train(model, given)):
            assert loss == pytest.approx(kept[step].loss, abs=2e-4)
    assert step == len(kept) - 1
    written = two_sentences.write(model)
    assert [
        " ".join(first_batch.TOKENS[token] for token in ids) for ids in written
    ] == kept[-1].written


def test_the_rates_are_those_of_the_exercise():
    rate = find("training.warmup_cosine_lr").reference
    for step in range(two_sentences.STEPS):
        assert two_sentences._rate(step) == pytest.approx(
            rate(step, 10, 60, 0.01, 0.001)
        )
    assert math.isclose(two_sentences._rate(10), two_sentences.PEAK)
