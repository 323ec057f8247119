import numpy as np
import pytest

from byhand.sliders import through_time
from tests.sliders.reading import shown


def by_differences(W_h, h0, steps):
    """∂hₙ/∂h₀ from both sides."""

    def last(h):
        for _ in range(steps):
            h = np.tanh(W_h * h)
        return h

    return (last(h0 + 1e-6) - last(h0 - 1e-6)) / 2e-6


@pytest.mark.parametrize("W_h", [0.0, 0.5, 1.0, 1.5])
@pytest.mark.parametrize("h0", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("steps", [1, 5])
def test_the_first_slope(W_h, h0, steps):
    arrays = through_time.compute(W_h, h0, steps)
    assert len(arrays.rnn) == steps + 1
    assert arrays.rnn[-1] == 1
    numeric = by_differences(W_h, h0, steps)
    assert arrays.rnn[0] == pytest.approx(numeric, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ((0.5, 0.0, 20), 9.5e-7),
        ((1.0, 0.0, 20), 1.0),
        ((1.0, 0.5, 20), 0.107),
        ((3.0, 0.0, 20), 3.5e9),
        ((3.0, 0.5, 20), 1.5e-29),
    ],
)
def test_the_lessons_numbers(settings, first):
    found = through_time.compute(*settings).rnn[0]
    assert found == pytest.approx(first, rel=0.02)


@pytest.mark.parametrize(
    ("bias", "steps", "first"),
    [
        (0.0, 10, 0.00098),
        (1.0, 10, 0.0436),
        (3.0, 10, 0.6152),
        (5.0, 50, 0.7148),
    ],
)
def test_the_lstms_numbers(bias, steps, first):
    arrays = through_time.compute(steps=steps, bias=bias)
    assert arrays.lstm[0] == pytest.approx(first, rel=0.01)


@pytest.mark.parametrize(
    ("settings", "regime"),
    [
        ((0.5, 0.0), "vanishing"),
        ((1.0, 0.0), "level"),
        ((3.0, 0.0), "exploding"),
        ((3.0, 0.5), "saturated"),
    ],
)
def test_what_can_be_reached(settings, regime):
    arrays = through_time.compute(*settings)
    assert arrays.regime == regime
    assert shown(through_time.draw(arrays))["regime"] == regime


def test_how_small_and_large_numbers_are_written():
    assert through_time.power(0.107) == "0.1070"
    assert through_time.power(3.5e9) == "3.5 · 10⁹"
    assert through_time.power(1.5e-29) == "1.5 · 10⁻²⁹"


def test_the_summary():
    assert through_time.summary(through_time.compute(1.0)) == (
        "Over 20 steps an RNN's last state moves 1.0000 times as fast as its"
        " first (level),\nan LSTM's cell 1.9 · 10⁻³ times."
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"W_h": 4}, "W_h must be from 0 to 3, but it is 4"),
        ({"h0": -1}, "h₀ must be from 0 to 1"),
        ({"steps": 0}, "the number of steps must be a whole number from 1"),
        ({"bias": 7}, "the forget bias must be from 0 to 6"),
    ],
)
def test_what_cannot_be_drawn(settings, message):
    with pytest.raises(ValueError, match=message):
        through_time.compute(**settings)
