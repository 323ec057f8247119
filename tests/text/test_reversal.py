import pytest
import torch

from byhand.text import reversal

WEIGHTS = {
    "one vector of 32": 10_008,
    "one vector of 64": 32_152,
    "attention": 23_512,
}


def fresh(name, seed=0):
    """A model that has made one step."""
    return next(reversal.train(name, seed)).model


def test_strings_are_of_every_letter_and_of_one_length():
    rng = torch.Generator().manual_seed(0)
    letters = reversal.strings(5, 1000, rng)
    assert letters.shape == (1000, 5)
    assert letters.unique().tolist() == list(range(8))
    for column in letters.T:
        assert column.bincount().min() > 80
    assert not torch.equal(letters, reversal.strings(5, 1000, rng))


@pytest.mark.parametrize("name", reversal.MODELS)
def test_shapes_and_sizes(name):
    model = fresh(name)
    assert sum(p.numel() for p in model.parameters()) == WEIGHTS[name]
    for length in (1, 4, 20):
        letters = torch.zeros(3, length, dtype=torch.long)
        logits, weights = model(letters)
        assert logits.shape == (3, length, 8)
        looks = length if name == "attention" else 0
        assert weights.shape == (3, length, looks)


def test_weights_of_the_attention_add_up_to_1():
    model = fresh("attention")
    letters = reversal.strings(7, 4, torch.Generator().manual_seed(0))
    _, weights = model(letters)
    assert (weights > 0).all()
    torch.testing.assert_close(weights.sum(-1), torch.ones(4, 7))


def test_the_context_is_the_weighted_sum():
    model = fresh("attention")
    state, states = torch.randn(2, 32), torch.randn(2, 5, 64)
    context, weights = model.look(state, states)
    for b in range(2):
        scores = states[b] @ (model.match.weight @ state[b]) / 8
        torch.testing.assert_close(weights[b], scores.softmax(0))
        torch.testing.assert_close(context[b], weights[b] @ states[b])


def test_one_vector_is_all_that_its_writer_gets():
    """Whatever was read: with the last state alike, so is what it writes."""
    model = fresh("one vector of 32")
    one, other = torch.tensor([[0, 1, 2]]), torch.tensor([[7, 6, 5]])
    model.reader.forward = lambda rows: (torch.randn(1, 3, 32), last)
    last = torch.randn(1, 1, 32)
    torch.testing.assert_close(model(one)[0], model(other)[0])


@pytest.mark.parametrize("name", reversal.MODELS)
def test_a_writer_is_told_or_reads_its_own(name):
    model = fresh(name)
    letters = reversal.strings(6, 5, torch.Generator().manual_seed(1))
    own, _ = model(letters)
    told, _ = model(letters, own.argmax(-1))
    torch.testing.assert_close(own, told)
    other = (own.argmax(-1) + 1) % 8
    told, _ = model(letters, other)
    torch.testing.assert_close(own[:, 0], told[:, 0])
    assert not torch.allclose(own[:, 1:], told[:, 1:])


@pytest.mark.parametrize("name", ["one vector of 32", "attention"])
def test_a_short_training_lowers_the_loss(name):
    seen = [(p.share, p.loss) for p in reversal.train(name, steps=60)]
    assert [share for share, _ in seen] == [k / 60 for k in range(1, 61)]
    losses = [loss for _, loss in seen]
    assert losses[0] == pytest.approx(2.08, abs=0.3)  # ln 8: a guess
    assert sum(losses[-10:]) / 10 < sum(losses[:10]) / 10 - 0.2


def test_a_training_is_its_seed_alone():
    def losses(seed):
        steps = reversal.train("attention", seed, steps=3)
        return [progress.loss for progress in steps]

    state = torch.get_rng_state()
    assert losses(0) == losses(0) != losses(1)
    assert torch.equal(torch.get_rng_state(), state)


class Knows(torch.nn.Module):
    """Reverses; where `wrong`, not the last letter of strings with an a."""

    def __init__(self, wrong=False):
        super().__init__()
        self.wrong = wrong

    def forward(self, letters):
        written = letters.flip(1).clone()
        if self.wrong:
            written[(letters == 0).any(1), -1] += 1
        logits = torch.nn.functional.one_hot(written % 8, 8).float()
        return logits, torch.full((*letters.shape, letters.shape[1]), 0.25)


def test_accuracy_counts_whole_strings():
    assert reversal.accuracy(Knows(), 6) == 1
    without_an_a = reversal.accuracy(Knows(wrong=True), 6, count=5000)
    assert without_an_a == pytest.approx((7 / 8) ** 6, abs=0.03)


def test_one_string_reversed():
    written, weights = reversal.reverse(Knows(), "hbca")
    assert written == "acbh"
    assert weights.shape == (4, 4)
