import math

import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import entropy

from byhand.sliders import scaling
from tests.sliders.reading import matrix, shown

TEMPERATURES = np.arange(0.25, 8.01, 0.25)


def require_scaling(arrays):
    """The properties that hold whatever the numbers."""
    p = softmax(arrays.scores[scaling.SHOWN])
    np.testing.assert_allclose(arrays.weights, p, rtol=1e-9, atol=1e-300)
    assert arrays.weights.sum() == pytest.approx(1)
    assert arrays.entropy == pytest.approx(entropy(p), abs=1e-12)
    assert 0 <= arrays.entropy <= math.log(6) + 1e-12
    np.testing.assert_allclose(
        arrays.jacobian, np.diag(p) - np.outer(p, p), atol=1e-12
    )
    np.testing.assert_allclose(arrays.jacobian.sum(axis=1), 0, atol=1e-12)
    assert arrays.slope == pytest.approx(arrays.jacobian.max(), abs=1e-12)
    assert arrays.slope <= 0.25
    assert ((arrays.slopes >= 0) & (arrays.slopes <= 0.25)).all()
    assert arrays.shares.sum() <= 1 + 1e-12


def every_setting():
    for d_k in scaling.WIDTHS:
        for temperature in TEMPERATURES:
            for scaled in (False, True):
                yield d_k, float(temperature), scaled


def test_every_position_of_the_sliders():
    for setting in every_setting():
        require_scaling(scaling.compute(*setting))


@pytest.mark.parametrize("temperature", [0.25, 1.0, 8.0])
def test_the_picture_at_every_width(temperature):
    for d_k in scaling.WIDTHS:
        for scaled in (False, True):
            arrays = scaling.compute(d_k, temperature, scaled)
            picture = scaling.draw(arrays)
            said = shown(picture)
            assert said["entropy"] == f"{arrays.entropy:.4f}"
            assert said["slope"] == f"{arrays.slope:.6f}"
            assert said["weight2"] == f"{arrays.weights[1]:.4f}"
            cells = [
                [float(cell.replace("−", "-")) for cell in row]
                for row in matrix(picture, "jacobian")
            ]
            np.testing.assert_allclose(
                cells, arrays.jacobian, rtol=0, atol=5.1e-5
            )


def test_the_scores_are_dot_products():
    rng = np.random.default_rng(2)
    queries = rng.standard_normal((200, 1, 1024))
    keys = rng.standard_normal((200, 6, 1024))
    for d_k in (1, 64, 1024):
        plain = np.einsum("qod,qkd->qk", queries[..., :d_k], keys[..., :d_k])
        arrays = scaling.compute(d_k)
        np.testing.assert_allclose(arrays.scores, plain, atol=1e-10)
        arrays = scaling.compute(d_k, 2.0, True)
        np.testing.assert_allclose(
            arrays.scores, plain / math.sqrt(d_k) / 2, atol=1e-10
        )


def test_the_spread_grows_like_the_root_of_d_k():
    # 1,200 dot products: their standard deviation is known to a few percent,
    # to less where d_k is small and the kurtosis large.
    for d_k in scaling.WIDTHS:
        spread = scaling.compute(d_k).spread
        assert spread == pytest.approx(math.sqrt(d_k), rel=0.1)
        assert scaling.compute(d_k, 1.0, True).spread == pytest.approx(
            1, rel=0.1
        )


def test_the_gradient_dies_unless_scores_are_scaled():
    unscaled = scaling.compute(1024).slopes
    assert (np.diff(unscaled[3:]) < 0).all()
    assert unscaled[0] > 0.2 and unscaled[-1] < 1e-6
    assert (scaling.compute(1024, 1.0, True).slopes > 0.2).all()
    assert scaling.verdict(scaling.compute(1)) == "is alive"
    assert scaling.verdict(scaling.compute(16)) == "is fading"
    assert scaling.verdict(scaling.compute(1024)) == "is dead"


def test_a_temperature_of_the_root_does_what_scaling_does():
    warm, scaled = scaling.compute(64, 8.0), scaling.compute(64, 1.0, True)
    np.testing.assert_allclose(warm.weights, scaled.weights)
    assert warm.entropy == pytest.approx(scaled.entropy)


def test_warmer_is_flatter():
    entropies = [scaling.compute(64, float(t)).entropy for t in TEMPERATURES]
    assert (np.diff(entropies) > 0).all()


def test_the_summary():
    arrays = scaling.compute()
    assert scaling.summary(arrays) == (
        "d_k = 64, scores not scaled, temperature 1.00: they spread by 8.02."
        " One query gives key 2 the weight 0.9991; entropy 0.0078 nats.\n"
        "The largest slope of its weights is 0.000902: the gradient is dead."
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ((3, 1.0), "one of .*, but it is 3"),
        ((4, 0.0), "above 0, but it is 0"),
        ((4, -1.0), "above 0, but it is -1"),
        ((4, math.inf), "finite and above 0, but it is inf"),
        ((4, math.nan), "finite and above 0, but it is nan"),
    ],
)
def test_what_cannot_be_drawn(setting, message):
    with pytest.raises(ValueError, match=message):
        scaling.compute(*setting)
