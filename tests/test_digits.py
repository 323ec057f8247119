"""The data and the training of lesson 20."""

import torch
from torch import nn
from torch.nn import functional

from byhand import digits


def test_the_parts():
    learned, tested = digits.parts()
    assert learned.images.shape == (1437, 1, 8, 8)
    assert tested.images.shape == (360, 1, 8, 8)
    assert learned.images.min() == 0 and learned.images.max() == 1
    # All ten are in both.
    assert tested.labels.unique().tolist() == list(range(10))
    assert learned.labels.unique().tolist() == list(range(10))
    # The same each time.
    assert torch.equal(digits.parts()[1].labels, tested.labels)


class Line(nn.Module):
    """Its first numbers do not matter: all are drawn again."""

    def __init__(self):
        super().__init__()
        self.line = nn.Linear(64, 10)
        self.positions = nn.Parameter(torch.zeros(64))

    def forward(self, images):
        return self.line(images.flatten(1) + self.positions)


def test_it_learns_and_begins_alike_whoever_wrote_the_model():
    learned, tested = digits.parts()
    few = digits.Part(learned.images[:640], learned.labels[:640])
    found = []
    for _ in range(2):
        torch.manual_seed(len(found))
        model = Line()
        training = digits.train(
            model, digits.classify, *few, epochs=3, rate=0.1
        )
        steps = list(training)
        found.append([one.loss for one in steps])
        assert steps[-1].share == 1
        assert not model.training
    assert found[0] == found[1]
    assert digits.accuracy(model, tested) > 0.7


def test_what_is_held_still_stays():
    learned, _ = digits.parts()
    model = Line()
    model.positions.requires_grad_(False)
    *_, last = digits.train(
        model,
        lambda model, images: functional.mse_loss(
            model(images), torch.zeros(len(images), 10)
        ),
        learned.images[:64],
        epochs=1,
    )
    assert model.positions.grad is None and last.loss > 0
