import math

import numpy as np
import pytest
import torch

from byhand.sliders import depth
from byhand.sliders.residual import written
from tests.sliders.reading import require_room, shown

SCALES = [k / 20 for k in range(2, 61)]
LAYERS = (1, 2, 17, 59, 60)


def by_autograd(layers, scale, activation):
    """The gradient's size at each layer, over the last, by PyTorch."""
    rows, weights, back = map(torch.from_numpy, depth.draws())
    bend = {
        depth.TANH: torch.tanh,
        depth.RELU: torch.relu,
        depth.SIGMOID: torch.sigmoid,
        depth.NONE: lambda z: z,
    }[activation]
    outputs = [rows.clone().requires_grad_()]
    for matrix in weights[:layers]:
        z = outputs[-1] @ (scale / math.sqrt(depth.WIDTH) * matrix)
        outputs.append(bend(z))
    gradients = torch.autograd.grad(outputs[-1], outputs, back)
    return [float(g.norm() / back.norm()) for g in gradients]


@pytest.mark.parametrize("activation", depth.ACTIVATIONS)
def test_the_gradients_are_those_of_autograd(activation):
    for layers, scale in ((1, 0.1), (7, 1.0), (60, 0.5), (60, 3.0)):
        arrays = depth.compute(layers, scale, activation)
        expected = by_autograd(layers, scale, activation)
        # Deep and saturated, rounding is amplified as a gradient is.
        np.testing.assert_allclose(arrays.norms, expected, rtol=1e-6)


@pytest.mark.parametrize("activation", depth.ACTIVATIONS)
def test_every_position_of_the_sliders(activation):
    for scale in SCALES[::2]:
        for layers in LAYERS:
            arrays = depth.compute(layers, scale, activation)
            assert arrays.norms.shape == (layers + 1,)
            assert arrays.norms[-1] == 1
            assert np.isfinite(arrays.norms).all()
            assert (arrays.norms > 0).all()
            assert 0 <= arrays.flat <= 1
            assert arrays.verdict == depth.verdict(arrays.norms)
            for name, at in depth.NAMED.items():
                same = depth.compute(layers, at, activation)
                np.testing.assert_array_equal(arrays.named[name], same.norms)


def test_what_is_to_be_reached():
    vanishing = depth.compute(60, 0.1, depth.TANH)
    assert vanishing.verdict == "vanishes"
    assert vanishing.norms[0] == pytest.approx(1e-60, rel=1)
    for activation, scale in ((depth.TANH, 1.0), (depth.RELU, math.sqrt(2))):
        level = depth.compute(60, scale, activation)
        assert level.verdict == "level"
        assert 0.01 < level.norms[0] < 100
    exploding = depth.compute(60, 3.0, depth.RELU)
    assert exploding.verdict == "explodes"
    assert exploding.norms[0] > 1e18
    saturated = depth.compute(60, 3.0, depth.TANH)
    assert saturated.flat > 0.4 and saturated.verdict == "explodes"
    assert depth.compute(60, 1.0, depth.RELU).verdict == "vanishes"
    for scale in SCALES:  # a slope of at most a quarter
        assert depth.compute(60, scale, depth.SIGMOID).verdict == "vanishes"


@pytest.mark.parametrize("activation", depth.ACTIVATIONS)
def test_slopes(activation):
    z = np.array([-2.0, -0.5, 0.25, 3.0])
    value, slope, steepest = depth.value_and_slope(z, activation)
    up, down = (
        depth.value_and_slope(z + h, activation)[0] for h in (1e-6, -1e-6)
    )
    np.testing.assert_allclose(slope, (up - down) / 2e-6, atol=1e-8)
    assert value.shape == slope.shape
    assert slope.max() <= steepest


@pytest.mark.parametrize(
    ("norm", "layers", "verdict"),
    [
        (0.89, 1, "vanishes"),
        (0.91, 1, "level"),
        (1.09, 1, "level"),
        (1.11, 1, "explodes"),
        (0.91**60, 60, "level"),
        (0.89**60, 60, "vanishes"),
    ],
)
def test_verdicts_at_their_borders(norm, layers, verdict):
    norms = np.linspace(norm, 1, layers + 1)
    assert depth.verdict(norms) == verdict


def test_the_picture_says_the_numbers():
    for activation in depth.ACTIVATIONS:
        for scale in SCALES[::7]:
            arrays = depth.compute(60, scale, activation)
            picture = depth.draw(arrays)
            found = shown(picture)
            assert found["gradient"] == written(arrays.norms[0])
            assert found["verdict"] == depth.said(arrays.verdict)
            assert found["flat"] == f"{100 * arrays.flat:.0f}"
            for name in depth.NAMED:
                wanted = written(arrays.named[name][0])
                assert found[name] == wanted
            require_room(picture)


def test_the_summary():
    said = depth.summary(depth.compute(1, 0.1, depth.NONE))
    assert said.startswith(
        "Through 1 layer (none, weight scale 0.10) the gradient vanishes: at"
        " the input it is 0.1"
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ((0, 1, "tanh"), "from 1 to 60, but it is 0"),
        ((61, 1, "tanh"), "from 1 to 60, but it is 61"),
        ((2.5, 1, "tanh"), "whole number from 1 to 60"),
        ((5, 0, "tanh"), "scale must be above 0 and at most 3"),
        ((5, math.nan, "tanh"), "at most 3, but it is nan"),
        ((5, 1, "GELU"), "one of tanh, ReLU, sigmoid, none"),
    ],
)
def test_what_cannot_be_drawn(setting, message):
    with pytest.raises(ValueError, match=message):
        depth.compute(*setting)
