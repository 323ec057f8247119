import math

import numpy as np
import pytest

from byhand.sliders import descent
from tests.sliders.reading import parse, shown

RATES = [k / 1000 for k in range(1, 161)]
SIZES = (1, 2, 3, 4)
EPOCHS = range(1, 31)


def by_loops(rate, size, epochs):
    """θ after every update, with the gradient summed point by point."""
    points = [(1, 2), (2, 3), (3, 4), (4, 5)]
    theta, path = 0.1, [0.1]
    for _ in range(epochs):
        for first in range(0, 4, size):
            batch = points[first : first + size]
            slope = sum(2 * x * (theta * x - y) for x, y in batch)
            theta -= rate * slope / len(batch)
            path.append(theta)
    return path


@pytest.mark.parametrize("size", SIZES)
def test_every_position_of_the_sliders(size):
    for rate in RATES:
        path = np.array(by_loops(rate, size, EPOCHS[-1]))
        for epochs in EPOCHS:
            arrays = descent.compute(rate, size, epochs)
            updates = epochs * arrays.per_epoch
            assert arrays.thetas.shape == arrays.losses.shape == (updates + 1,)
            # Rounding grows with |c| > 1, and θ passes close to 0.
            near = path[: updates + 1]
            error = np.abs(arrays.thetas - near)
            assert (error <= 1e-9 * np.abs(near) + 1e-12).all()
            assert np.isfinite(arrays.losses).all()
            assert arrays.losses.min() >= 1 / 6 - 1e-12
        # Long runs do what the regime says.
        c, last = arrays.factor, arrays.thetas[:: arrays.per_epoch]
        np.testing.assert_allclose(
            last[1:], c * last[:-1] + arrays.shift, rtol=1e-9, atol=1e-12
        )
        expected = (
            "explodes"
            if abs(c) >= 1
            else "creeps"
            if abs(c) > 0.9
            else "converges"
        )
        assert arrays.regime == expected
        if abs(c) > 1.05:
            assert abs(last[-1]) > abs(last[-5])
        elif abs(c) < 0.9:
            resting = arrays.shift / (1 - c)
            assert last[-1] == pytest.approx(resting, abs=0.06)


@pytest.mark.parametrize(
    ("size", "thetas"),
    [
        (4, [0.285]),
        (1, [0.138, 0.24696, 0.4425072, 0.700904896]),
        (2, [0.175, 0.45125]),
    ],
)
def test_by_hand(size, thetas):
    arrays = descent.compute(0.01, size, 1)
    np.testing.assert_allclose(arrays.thetas[1:], thetas, rtol=0, atol=1e-12)
    assert arrays.losses[0] == pytest.approx(11.575)
    if size == 4:
        assert arrays.losses[1] == pytest.approx(8.4092, abs=5e-5)


def test_batch_descent_turns_at_two_fifteenths():
    regimes = {rate: descent.compute(rate, 4, 1).regime for rate in RATES}
    assert {rate for rate in RATES if regimes[rate] == "explodes"} == {
        rate for rate in RATES if rate > 2 / 15
    }
    # c = 1 − 15α is close to 1 at the near end and to −1 at the far one.
    assert regimes[0.006] == regimes[0.127] == regimes[0.133] == "creeps"
    assert regimes[0.007] == regimes[0.126] == "converges"
    assert descent.compute(0.01, 4, 1).factor == pytest.approx(0.85)


@pytest.mark.parametrize(
    ("factor", "regime"),
    [
        (1, "explodes"),
        (-1, "explodes"),
        (-1.4, "explodes"),
        (0.95, "creeps"),
        (-0.95, "creeps"),
        (0.9, "converges"),
        (0, "converges"),
    ],
)
def test_regimes_at_their_borders(factor, regime):
    assert descent.regime(factor) == regime


def test_the_loss_is_lowest_at_the_best_weight():
    np.testing.assert_allclose(descent.BEST, 4 / 3)
    around = descent.loss(descent.BEST + np.array([-1e-3, 0, 1e-3]))
    assert around.argmin() == 1
    assert around[1] == pytest.approx(1 / 6)
    # J″ = 15 whatever the step, as J is a parabola.
    assert (around[0] - 2 * around[1] + around[2]) / 1e-6 == pytest.approx(15)


@pytest.mark.parametrize("size", SIZES)
def test_the_picture_says_the_numbers(size):
    for rate in RATES[::23]:
        for epochs in (1, 30):
            arrays = descent.compute(rate, size, epochs)
            found = shown(descent.draw(arrays))
            assert found["regime"] == arrays.regime
            for name, number in [
                ("theta", arrays.thetas[-1]),
                ("theta1", arrays.thetas[1]),
                ("loss", arrays.losses[-1]),
                ("factor", arrays.factor),
            ]:
                written = float(found[name].replace("−", "-"))
                assert written == pytest.approx(number, rel=5e-3, abs=5.1e-5)


def test_an_explosion_is_drawn_and_said():
    arrays = descent.compute(0.16, 4, 30)
    assert descent.first_outside(arrays) == 2
    picture = descent.draw(arrays)
    found = shown(picture)
    assert found["outside"] == "2"
    assert found["regime"] == "explodes"
    assert found["factor"] == "−1.4000"
    assert found["loss"] == "6.68e9"
    for mishap in ("inf", "nan", "∞", "NaN"):
        assert mishap not in picture


def test_the_largest_explosion_stays_finite():
    arrays = descent.compute(1.0, 1, 30)
    assert np.isfinite(arrays.losses).all()
    picture = descent.draw(arrays)
    parse(picture)
    assert "∞" not in picture and len(picture) < 60_000


def test_a_path_in_view_says_nothing_of_leaving():
    assert descent.first_outside(descent.compute()) is None
    assert "outside" not in shown(descent.picture())


def test_the_summary():
    arrays = descent.compute()
    assert descent.summary(arrays) == (
        "Gradient descent converges: after 5 updates θ = 0.7861,"
        " J = 2.4127 (best θ 1.3333).\n"
        "Each epoch multiplies the distance to its resting point by 0.8500."
    )


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((0, 4, 5), "above 0 and at most 1, but it is 0"),
        ((math.nan, 4, 5), "above 0 and at most 1, but it is nan"),
        ((1.5, 4, 5), "above 0 and at most 1, but it is 1.5"),
        ((0.1, 0, 5), "batch size must be a whole number from 1 to 4"),
        ((0.1, 5, 5), "from 1 to 4, but it is 5"),
        ((0.1, 2.5, 5), "from 1 to 4, but it is 2.5"),
        ((0.1, 4, 31), "epochs must be a whole number from 1 to 30"),
    ],
)
def test_what_cannot_be_drawn(numbers, message):
    with pytest.raises(ValueError, match=message):
        descent.compute(*numbers)
