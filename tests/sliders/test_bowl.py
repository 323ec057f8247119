import math

import numpy as np
import pytest

from byhand.sliders import bowl
from tests.sliders.reading import parse, shown

EVERY = [(rate, inputs) for rate in bowl.RATES for inputs in bowl.INPUTS]
X_STANDARDISED = [-1.341640786, -0.447213595, 0.447213595, 1.341640786]


def by_loops(rate, inputs):
    """θ after every step, the gradient summed point by point."""
    x = [1.0, 2.0, 3.0, 4.0] if inputs == "raw" else X_STANDARDISED
    a, b, path = 0.0, 0.0, [(0.0, 0.0)]
    for _ in range(30):
        misses = [a + b * u - v for u, v in zip(x, (2, 3, 4, 5), strict=True)]
        a, b = (
            a - rate * 2 * sum(misses) / 4,
            b
            - rate
            * 2
            * sum(m * u for m, u in zip(misses, x, strict=True))
            / 4,
        )
        path.append((a, b))
    return np.array(path)


@pytest.mark.parametrize(("rate", "inputs"), EVERY)
def test_every_position_of_the_controls(rate, inputs):
    arrays = bowl.compute(rate, inputs)
    path = by_loops(rate, inputs)
    assert arrays.thetas.shape == (31, 2)
    error = np.abs(arrays.thetas - path)
    # Rounding grows with what explodes: the other loop's x has ten digits.
    assert (error <= 1e-6 * (1 + np.abs(path).max(axis=1))[:, None]).all()
    assert np.isfinite(arrays.losses).all()
    picture = bowl.draw(arrays)
    found = shown(picture)
    assert found["regime"] == arrays.regime
    assert "∞" not in picture
    for name, number in [
        ("theta0", arrays.thetas[-1, 0]),
        ("loss", arrays.losses[-1]),
        ("flat", arrays.factors[0]),
        ("steep", arrays.factors[1]),
    ]:
        written = float(found[name].replace("−", "-"))
        assert written == pytest.approx(number, rel=5e-3, abs=5.1e-5)


def test_every_learning_rate_of_the_lesson_has_a_stop():
    named = {0.005, 0.01, 0.1, 0.117, 0.119, 0.1198, 0.12, 0.5, 1.0, 1.2}
    assert named <= set(bowl.RATES)
    assert sorted(bowl.RATES) == bowl.RATES
    ratios = np.divide(bowl.RATES[1:], bowl.RATES[:-1])
    assert ratios.max() <= 2


@pytest.mark.parametrize(
    ("rate", "inputs", "regime"),
    [
        (0.01, "raw", "creeps"),
        (0.1, "raw", "zigzags"),
        (0.117, "raw", "zigzags"),
        (0.119, "raw", "zigzags"),
        (0.1198, "raw", "explodes"),
        (0.12, "raw", "explodes"),
        (1.2, "raw", "explodes"),
        (0.01, "standardised", "creeps"),
        (0.1, "standardised", "converges"),
        (0.5, "standardised", "arrives in one step"),
        (0.7, "standardised", "zigzags"),
        (0.9, "standardised", "zigzags"),
        (1.0, "standardised", "explodes"),
        (1.2, "standardised", "explodes"),
    ],
)
def test_what_can_be_reached(rate, inputs, regime):
    assert bowl.compute(rate, inputs).regime == regime


def test_by_hand():
    raw = bowl.compute()
    np.testing.assert_allclose(raw.curvature, [[2, 5], [5, 15]])
    np.testing.assert_allclose(raw.best, [1, 1])
    assert raw.losses[0] == pytest.approx(13.5)
    values = (1 - raw.factors) / 0.01
    np.testing.assert_allclose(values, [0.2994, 16.7006], atol=5e-5)
    even = bowl.compute(0.5, "standardised")
    np.testing.assert_allclose(even.curvature, 2 * np.eye(2), atol=1e-12)
    np.testing.assert_allclose(even.thetas[1], [3.5, 1.1180], atol=5e-5)
    assert even.losses[1] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("inputs", bowl.INPUTS)
def test_a_contour_is_where_the_loss_is_that(inputs):
    arrays = bowl.compute(inputs=inputs)
    X = bowl.table(inputs)
    for level in bowl.LEVELS:
        predictions = X @ bowl.contour(arrays, level)
        losses = np.mean((predictions - bowl.Y[:, None]) ** 2, axis=0)
        np.testing.assert_allclose(losses, level)


@pytest.mark.parametrize("inputs", bowl.INPUTS)
def test_a_circle_is_a_circle_on_screen(inputs):
    arrays = bowl.compute(inputs=inputs)
    axes = bowl.Axes(*bowl.view(arrays), width=430, height=350)
    scales = [
        pixels / (high - low)
        for pixels, (low, high) in zip(
            axes.inner, bowl.view(arrays), strict=True
        )
    ]
    assert scales[0] == pytest.approx(scales[1], rel=0.01)


def test_the_path_is_cut_at_the_frame():
    arrays = bowl.compute(0.2, "raw")
    gone = bowl.first_outside(arrays)
    picture = bowl.draw(arrays)
    assert shown(picture)["outside"] == str(gone)
    dots = [e for e in parse(picture).iter() if e.tag.endswith("circle")]
    # Those of the path, of the history, of the start and of the best θ.
    assert len(dots) == gone + 1 + 31 + 2
    assert bowl.first_outside(bowl.compute()) is None
    assert "outside" not in shown(bowl.picture())


def test_the_summary():
    assert bowl.summary(bowl.compute(0.5, "standardised")) == (
        "Descent on standardised x arrives in one step: after 30 steps"
        " θ = (3.5000, 1.1180), J = 0.0000.\n"
        "Each step multiplies the distance to the best θ by 0.0000 along the"
        " flattest direction, by 0.0000 along the steepest."
    )


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((0, "raw"), "above 0 and at most 1.2, but it is 0"),
        ((math.nan, "raw"), "at most 1.2, but it is nan"),
        ((1.3, "raw"), "at most 1.2, but it is 1.3"),
        ((0.1, "cooked"), "x must be raw or standardised, but it is 'cooked'"),
    ],
)
def test_what_cannot_be_drawn(numbers, message):
    with pytest.raises(ValueError, match=message):
        bowl.compute(*numbers)
