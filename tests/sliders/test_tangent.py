import math

import numpy as np
import pytest

from byhand.sliders import tangent
from tests.sliders.reading import shown

XS = [k / 10 for k in range(-30, 31)]
RATES = [k / 20 for k in range(25)]


@pytest.mark.parametrize("lr", RATES)
def test_every_position_of_the_sliders(lr):
    for x in XS:
        arrays = tangent.compute(x, lr)
        assert arrays.value == pytest.approx(x**2)
        # The slope again, by another way: (x + h)² − (x − h)² over 2h.
        rise = (x + 0.5) ** 2 - (x - 0.5) ** 2
        assert arrays.slope == pytest.approx(rise)
        assert arrays.next_x == pytest.approx((1 - 2 * lr) * x)
        assert arrays.next_value == pytest.approx(arrays.next_x**2)
        (left, right), (low, high) = arrays.line
        assert (high - low) / (right - left) == pytest.approx(rise)
        # A tangent of x² lies under the curve everywhere but at x.
        assert low < left**2 and high < right**2
        assert (low + high) / 2 == pytest.approx(x**2)
        for at, view in (
            (arrays.next_x, tangent.VIEW_X),
            (arrays.next_value, tangent.VIEW_Y),
        ):
            assert view[0] < at < view[1]


@pytest.mark.parametrize("lr", RATES[::3])
def test_the_picture_says_the_numbers(lr):
    for x in XS[::4]:
        arrays = tangent.compute(x, lr)
        found = shown(tangent.draw(arrays))
        for name in ("x", "value", "slope", "next_x", "next_value"):
            written = float(found[name].replace("−", "-"))
            assert written == pytest.approx(getattr(arrays, name), abs=0.0051)
            assert found[name] not in ("−0.00", "−0.000")
        assert found["verdict"] == tangent.verdict(arrays)


def test_by_hand():
    found = shown(tangent.picture())
    assert found["x"] == "2.00"
    assert found["value"] == found["slope"] == "4.00"
    assert (found["next_x"], found["next_value"]) == ("1.600", "2.560")


def test_minus_zero_is_zero():
    found = shown(tangent.draw(tangent.compute(-0.0, 0.1)))
    assert found["x"] == found["slope"] == "0.00"
    assert found["next_x"] == "0.000"


@pytest.mark.parametrize(
    ("x", "lr", "word"),
    [
        (2, 0, "nowhere"),
        (2, 0.1, "closer"),
        (-3, 0.45, "closer"),
        (2, 0.5, "exactly"),
        (2, 0.55, "lands lower"),
        (2, 1.0, "same height"),
        (2, 1.05, "lands higher"),
        (0, 1.2, "flat"),
        (1e-16, 0.1, "flat"),
    ],
)
def test_the_verdict(x, lr, word):
    assert word in tangent.verdict(tangent.compute(x, lr))


@pytest.mark.parametrize("lr", RATES[1:])
def test_the_verdict_agrees_with_the_heights(lr):
    for x in XS:
        arrays = tangent.compute(x, lr)
        verdict = tangent.verdict(arrays)
        if "higher" in verdict:
            assert arrays.next_value > arrays.value
        elif "same height" in verdict:
            assert arrays.next_value == pytest.approx(arrays.value)
        elif x:
            assert arrays.next_value < arrays.value
        assert ("across" in verdict) == (arrays.next_x * x < -1e-9)


def test_the_summary():
    arrays = tangent.compute(-1.5, 0.25)
    assert tangent.summary(arrays) == (
        "f(x) = x² at x = −1.50 is 2.25 and its slope is −3.00.\n"
        "A step with learning rate 0.25 leads to x = −0.750:"
        " a step closer to the bottom."
    )


@pytest.mark.parametrize(
    ("x", "lr", "message"),
    [
        (math.nan, 0.1, "x must be a finite number, but it is nan"),
        (math.inf, 0.1, "x must be a finite number, but it is inf"),
        (1, -0.1, "at least 0, but it is -0.1"),
        (1, math.nan, "finite and at least 0, but it is nan"),
    ],
)
def test_what_cannot_be_drawn(x, lr, message):
    with pytest.raises(ValueError, match=message):
        tangent.compute(x, lr)


def test_the_curve_is_the_function():
    xs, ys = tangent.compute().curve
    np.testing.assert_allclose(ys, xs**2)
    assert (xs[0], xs[-1]) == tangent.VIEW_X
