from itertools import pairwise

import numpy as np
import pytest

from byhand.sliders import hinges
from tests.sliders.reading import require_room, shown

COUNTS = range(1, hinges.MOST + 1)


def network(arrays, size):
    """The hidden layer and its output, one size at a time."""
    total = arrays.bias
    for corner, weight in zip(arrays.corners, arrays.weights, strict=True):
        total += weight * max(0.0, size - corner)
    return total


@pytest.mark.parametrize("hidden", COUNTS)
def test_it_is_what_a_hidden_layer_draws(hidden):
    arrays = hinges.compute(hidden)
    assert arrays.corners.shape == arrays.weights.shape == (hidden,)
    drawn = [network(arrays, size) for size in hinges.SIZES]
    np.testing.assert_allclose(arrays.fitted, drawn, rtol=1e-9)
    gaps = drawn - hinges.price(hinges.SIZES)
    assert arrays.error == pytest.approx(np.sqrt(np.mean(gaps**2)))
    # No other weights are better: the gaps lean to no feature's side.
    features = hinges.features(arrays.corners)
    np.testing.assert_allclose(features.T @ gaps, 0, atol=1e-6)


def test_every_further_hinge_helps():
    errors = [hinges.compute(hidden).error for hidden in COUNTS]
    assert all(b < a for a, b in pairwise(errors))
    assert errors[0] > 30 and errors[-1] < 1
    kept = set(hinges.compute(3).corners)
    assert kept < set(hinges.compute(4).corners)


@pytest.mark.parametrize("hidden", COUNTS)
def test_the_picture_says_the_numbers(hidden):
    arrays = hinges.compute(hidden)
    picture = hinges.draw(arrays)
    found = shown(picture)
    assert found["hidden"] == str(hidden)
    assert float(found["error"]) == pytest.approx(arrays.error, abs=0.051)
    require_room(picture)


def test_the_summary():
    said = hinges.summary(hinges.compute(1))
    assert "drawn by 1 ReLU hinge: the typical error is 33.2 thousand" in said


@pytest.mark.parametrize("hidden", [0, 17, 2.5])
def test_what_cannot_be_drawn(hidden):
    with pytest.raises(ValueError, match="whole number from 1 to 16"):
        hinges.compute(hidden)
