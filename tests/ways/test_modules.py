"""All outputs of a module, and the gradients of all its weights."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from byhand.bank import find
from byhand.exercise import Case, Measured
from byhand.trial import trials_of
from byhand.ways import modules

SIZES = {"d_in": 3, "d_out": 2}


class Two(nn.Module):
    """Two outputs, each of its own weights and of a table that it shares."""

    def __init__(self, d_in, d_out, table):
        super().__init__()
        self.table = table
        self.first = nn.Linear(d_in, d_out)
        self.second = nn.Linear(d_in, d_out)

    def seen(self, ids, x):
        return x + self.table(ids)

    def forward(self, ids, x):
        x = self.seen(ids, x)
        return self.first(x), torch.tanh(self.second(x))


class FirstAlone(Two):
    def forward(self, ids, x):
        return super().forward(ids, x)[0]


class OneTooMany(Two):
    def forward(self, ids, x):
        return *super().forward(ids, x), x


class Named(Two):
    def forward(self, ids, x):
        first, second = super().forward(ids, x)
        return {"first": first, "second": second}


class SecondCutOff(Two):
    def forward(self, ids, x):
        first, second = super().forward(ids, x)
        return first, second.detach()


class SecondHalf(Two):
    def forward(self, ids, x):
        first, second = super().forward(ids, x)
        return first, second / 2


class Swapped(Two):
    def forward(self, ids, x):
        return super().forward(ids, x)[::-1]


class TableCopied(Two):
    def __init__(self, d_in, d_out, table):
        own = nn.Embedding(*table.weight.shape)
        own.weight.data = table.weight.data
        super().__init__(d_in, d_out, own)


class TableCutOff(Two):
    def seen(self, ids, x):
        return x + self.table(ids).detach()


class AsList(Two):
    def forward(self, ids, x):
        return list(super().forward(ids, x))


def inputs(rng):
    numbers = rng.standard_normal
    with torch.device("meta"):
        made = Two(**SIZES, table=nn.Embedding(4, 3)).named_parameters()
    return {
        "settings": SIZES,
        "weights": {name: numpy_of(rng, p.shape) for name, p in made},
        "inputs": [np.array([[0, 2]]), numbers((1, 2, 3))],
        "along": [numbers((1, 2, 2)), numbers((1, 2, 2))],
        "training": False,
        "tables": {"table": (4, 3)},
    }


def numpy_of(rng, shape):
    return rng.standard_normal(tuple(shape))


@pytest.fixture
def trial():
    exercise = dataclasses.replace(
        find("encoder.Encoder"),
        reference=Two,
        cases=(Case("one", inputs),),
        misconceptions=(),
        returns=(
            "first",
            "second",
            Measured("gradients of what goes in"),
            Measured("gradients of the weights"),
        ),
        way=modules.whole,
    )
    return trials_of(exercise, None, (0,))[0]


@pytest.mark.parametrize("right", [Two, AsList])
def test_a_right_one_is_right(trial, right):
    assert trial.distance(trial.run(right)) < 1


@pytest.mark.parametrize(
    "wrong", [SecondCutOff, SecondHalf, Swapped, TableCopied, TableCutOff]
)
def test_what_is_wrong_in_one_output_or_gradient_is_refused(trial, wrong):
    assert trial.distance(trial.run(wrong)) > 1


@pytest.mark.parametrize(
    ("wrong", "came"),
    [
        (FirstAlone, "one Tensor"),
        (OneTooMany, "a tuple of 3"),
        (Named, "a dict of 2"),
    ],
)
def test_it_says_how_many_outputs_there_should_be(trial, wrong, came):
    error = trial.run(wrong).error
    assert str(error) == (
        f"forward should return 2 values, one after another; yours returned "
        f"{came}"
    )


def test_gradients_of_a_shared_table_are_those_of_its_weight(trial):
    given = trial.inputs
    _, into, weights = modules.backward(Two, *given.values())
    table = 4 * 3
    # Behind those of x; and the table is the module's first parameter.
    assert torch.equal(into[-table:], weights[:table])
    assert weights[:table].any()
