import math

import numpy as np
import pytest
import torch

from byhand.sliders import residual
from tests.sliders.reading import require_room, shown

DEPTHS = range(1, 51)
STRENGTHS = np.round(np.arange(0.1, 1.51, 0.05), 2)


def require_residual(arrays):
    s = arrays.strength
    np.testing.assert_allclose(arrays.plain, s ** np.arange(51.0), rtol=1e-9)
    # A sum of two vectors is at most as long as both together, and at least
    # as long as the one is longer than the other.
    ratios = arrays.residual[1:] / arrays.residual[:-1]
    assert (ratios <= 1 + s + 1e-9).all()
    assert (ratios >= abs(1 - s) - 1e-9).all()
    for sizes in arrays[2:]:
        assert sizes.shape == (51,) and sizes[0] == 1
        assert np.isfinite(sizes).all() and (sizes > 0).all()


def test_every_position_of_the_sliders():
    for strength in STRENGTHS:
        arrays = residual.compute(50, strength)
        require_residual(arrays)
        for depth in (1, 2, 17, 49):
            other = residual.compute(depth, strength)
            for one, same in zip(arrays[2:], other[2:], strict=True):
                np.testing.assert_array_equal(one, same)


def by_autograd(strength, depth, norm):
    """The root mean square gain of the whole network, by PyTorch."""
    matrices, start = map(torch.from_numpy, residual.turns())

    def network(x):
        for matrix in strength * matrices[:depth]:
            inside = torch.nn.functional.layer_norm(x, x.shape) if norm else x
            x = x + matrix @ inside
        return x

    slopes = torch.autograd.functional.jacobian(network, start)
    return float(slopes.norm() / math.sqrt(len(start)))


@pytest.mark.parametrize("strength", [0.1, 0.7, 1.5])
def test_the_gradients_are_those_of_autograd(strength):
    for depth in (1, 7, 50):
        arrays = residual.compute(depth, strength)
        for norm, sizes in ((False, arrays.residual), (True, arrays.normed)):
            expected = by_autograd(strength, depth, norm)
            assert sizes[depth] == pytest.approx(expected, rel=1e-9)


def test_a_sub_layer_only_turns():
    matrices, _ = residual.turns()
    for matrix in matrices:
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(16), atol=1e-12)


def test_what_the_lesson_says_about_it():
    arrays = residual.compute(50, 0.7)
    assert arrays.plain[50] == pytest.approx(0.7**50)
    assert arrays.plain[50] < 1e-7
    assert arrays.residual[50] > 100
    assert 1 < arrays.normed[50] < 100
    explodes = residual.compute(50, 1.5)
    assert explodes.residual[50] > 1e9
    assert explodes.normed[50] < 1000
    faint = residual.compute(50, 0.1)
    assert faint.plain[50] == pytest.approx(1e-50)
    assert 0.1 < faint.residual[50] < 10


def test_the_picture_says_the_numbers_everywhere():
    pictures = []
    for depth in DEPTHS:
        arrays = residual.compute(depth, 0.7)
        picture = residual.draw(arrays)
        assert shown(picture)["depth"] == str(depth)
        assert shown(picture)["plain"] == residual.written(0.7**depth)
        pictures.append(picture)
    for strength in STRENGTHS:
        for depth in (1, 50):
            pictures.append(residual.draw(residual.compute(depth, strength)))
    for picture in pictures:
        require_room(picture)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1.0000"),
        (0.7**50, "1.80 · 10⁻⁸"),
        (1e-50, "1.00 · 10⁻⁵⁰"),
        (246.604, "246.60"),
        (1.5**50, "6.38 · 10⁸"),
        (9_999.4, "9999.40"),
        (10_000, "1.00 · 10⁴"),
    ],
)
def test_how_a_gradient_is_written(value, text):
    assert residual.written(value) == text


def test_the_summary():
    arrays = residual.compute(1, 0.5)
    said = residual.summary(arrays)
    assert said.startswith(
        "A gradient of 1 goes back through 1 sub-layer that multiply by 0.50:"
        " 0.5000 arrives without a residual path,"
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ((0, 0.7), "from 1 to 50, but it is 0"),
        ((51, 0.7), "from 1 to 50, but it is 51"),
        ((2.5, 0.7), "whole number from 1 to 50, but it is 2.5"),
        ((5, 0.0), "above 0 and at most 2, but it is 0"),
        ((5, 2.1), "above 0 and at most 2, but it is 2.1"),
        ((5, math.nan), "above 0 and at most 2, but it is nan"),
    ],
)
def test_what_cannot_be_drawn(setting, message):
    with pytest.raises(ValueError, match=message):
        residual.compute(*setting)
