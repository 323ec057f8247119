"""The way in which `Value` is used: programs, and what is no value."""

import pytest

from byhand.bank import find
from byhand.exercises.backpropagation.engine import Tape
from byhand.trial import draw
from byhand.ways.graphs import graphs
from tests.exercises.forms.backpropagation.value import Closures

VALUE = find("backpropagation.Value")


def test_data_of_every_name_and_grad_of_every_leaf():
    program = ["c = a * b", "f = c + a", "f.backward()", "_ = a * 2"]
    data, grads = graphs(Closures, {"a": 2.0, "b": -3.0}, program)
    assert data == [-6.0, -4.0]
    assert grads == [-2.0, 2.0]


def test_a_name_may_be_used_again():
    program = ["y = a", "for _ in range(3): y = y * 2.0", "y.backward()"]
    assert graphs(Closures, {"a": 1.5}, program) == [[12.0], [8.0]]
    program = ["a = a * 5.0", "a.backward()", "b = a + 0.0"]
    assert graphs(Closures, {"a": 1.0}, program) == [[5.0], [5.0]]


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        (lambda self: None, "c has no `data`: it is None"),
        (lambda self: 1.0, "c has no `data`: it is of type float"),
        (
            lambda self: Closures(self),
            "c.data should be a number; it is of type",
        ),
    ],
)
def test_what_is_no_value(method, sentence):
    wrong = type("Value", (Closures,), {"exp": method})
    with pytest.raises(TypeError, match=sentence):
        graphs(wrong, {"a": 1.0}, ["c = a.exp()"])


class Watched(Tape):
    """Keeps count of its steps, and refuses what no program may ask for."""

    depth = 0

    def make(self, data, *arms):
        made = super().make(data, *arms)
        made.depth = 1 + max(value.depth for value, _ in arms)
        assert made.depth <= 100
        return made

    def of_power(self, a, k):
        assert a != 0 and (a > 0 or k == int(k))
        return super().of_power(a, k)

    def of_relu(self, a, y):
        assert a != 0  # its kink
        return super().of_relu(a, y)


@pytest.mark.parametrize("case", VALUE.cases, ids=lambda case: case.name)
def test_programs_are_within_the_contract(case):
    for seed in range(20):
        given = draw(case, seed, VALUE)
        data, grads = graphs(Watched, *given.values())
        assert all(abs(x) < 1e6 for x in (*data, *grads))
