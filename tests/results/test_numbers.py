"""A value is what it is, whatever its type."""

import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch

from byhand import CheckFailed, check, results
from byhand.results import Unusable
from byhand.results.numbers import pattern
from byhand.results.show import apart, number, show
from grader.inside import wire

NUMBERS = results.of("numbers")
RIGHT = np.array([[1.0, 2.0], [3.0, 4.0]])


def read(value):
    return NUMBERS.read(value, ("x",))["x"]


def across(value):
    """The value as it arrives from a sealed process."""
    message = wire.encode(value)
    size = wire._HEAD.unpack(message[: wire._HEAD.size])[0]
    body = message[wire._HEAD.size :]
    return wire.decode(body[:size], body[size:])


def quantised():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are deprecated, and still read
        return torch.quantize_per_tensor(
            torch.tensor(RIGHT).float(), 1, 0, torch.qint8
        )


@pytest.mark.parametrize(
    "value",
    [
        RIGHT.astype(object),
        np.array([[Fraction(1), 2], [3.0, np.float32(4)]], dtype=object),
        RIGHT.astype(complex),
        RIGHT.astype(np.longdouble),
        RIGHT.astype(np.float16),
        RIGHT.tolist(),
        [tuple(row) for row in RIGHT],
        np.asfortranarray(RIGHT)[::1],
        np.ma.masked_array(RIGHT),
        np.ma.masked_array(RIGHT, mask=np.zeros_like(RIGHT, dtype=bool)),
        torch.tensor(RIGHT, requires_grad=True),
        torch.tensor(RIGHT).to_sparse(),
        torch.tensor(RIGHT).bfloat16(),
        quantised(),
        torch.tensor(RIGHT.astype(complex)).conj(),
    ],
    ids=lambda value: f"{type(value).__name__}-{getattr(value, 'dtype', '')}",
)
def test_right_numbers_are_read_whatever_holds_them(value):
    np.testing.assert_array_equal(read(value), RIGHT)
    np.testing.assert_array_equal(read(across(value)), RIGHT)


def nested():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are a prototype
        return torch.nested.nested_tensor([RIGHT[0], RIGHT[0][:1]])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.ma.masked_all((2, 2)), "masked"),
        (np.ma.masked_array(RIGHT, mask=RIGHT > 3), "masked"),
        (RIGHT + 1j, "should be numbers"),
        (np.array([[1, "a"]], dtype=object), "should be numbers"),
        (np.array([None]), "should be numbers"),
        (torch.empty(2, device="meta"), "meta"),
        (nested(), "nested"),
        ([Decimal(1)], "should be numbers"),
    ],
)
def test_what_has_no_numbers_is_told(value, said):
    with pytest.raises(Unusable, match=said):
        read(value)
    # And from a sealed process it arrives, if only as what it is called.
    with pytest.raises(Unusable):
        read(across(value))


def test_an_integer_beyond_all_floats_arrives():
    assert across(10**400) == np.inf
    assert across(-(10**400)) == -np.inf


def test_an_array_of_many_numbers_does_not_arrive():
    came = across(np.zeros(wire.MOST_NUMBERS + 1, dtype=bool))
    with pytest.raises(Unusable, match="numbers"):
        read(came)
    tree = b'{"array": ["|b1", [3000000], 3000000]}'
    with pytest.raises(wire.WireError, match="more numbers"):
        wire.decode(tree, bytes(3_000_000))


@pytest.mark.parametrize("axes", [6, 19])
def test_an_array_of_many_axes_is_shown_in_a_line(axes):
    text = show(np.ones((2,) * axes, dtype=bool))
    assert text.startswith("an array of shape (2, 2, ")
    assert len(text) < 300
    with pytest.raises(CheckFailed) as failed:
        check(
            "self_attention.softmax", lambda z, axis=-1: np.ones((2,) * axes)
        )
    assert len(str(failed.value)) < 2_000


def test_numbers_are_as_short_as_they_are_whatever_a_lesson_has_set():
    value = np.array([[-1.8, 2.0], [0.1235, 10.5]])
    plain = show(value)
    with np.printoptions(precision=1, floatmode="fixed", sign="+"):
        assert show(value) == plain
    assert plain == "[[  -1.8,    2.0],\n [0.1235,   10.5]]"
    assert show(np.array([3, 12])) == "[ 3, 12]"
    assert show(np.array([-0.0, 1.0])) == "[0.0, 1.0]"
    assert show(np.array([1.0, 1e-17])) == "[1.0, 0.0]"
    assert show(np.array([1.0, 2e-6])) == "[  1.0, 2e-06]"


def test_large_numbers_are_told_apart():
    assert number(100_000_001.0) == "100000001"
    assert show(np.array([1e8, 1e8 + 1])) == "[100000000, 100000001]"
    assert apart(1.0, 1.0 + 1e-9) == ("1", "1.000000001")
    assert apart(0.123456, 0.654321) == ("0.123456", "0.654321")
    assert number(-0.0) == "0"


def test_only_zeros_are_said_to_be_0():
    right = np.array([1.0, 2.0])
    assert pattern(0 * right, right, 1e-6) == "Yours is 0 everywhere."


def test_rounded_is_what_rounds_to_the_same():
    right = np.array([0.00012345, 0.00098765])
    mean = np.full(2, 0.00055)  # few digits, and near
    assert "rounded" not in pattern(mean, right, 1e-6)
    assert "rounded" in pattern(np.round(right, 4), right, 1e-6)
