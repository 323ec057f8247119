import numpy as np
import pytest
import scipy.special
import scipy.stats

from byhand.sliders import maths

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("size", [1.0, 1e4])
def test_softmax(axis, size):
    scores = size * RNG.standard_normal((2, 3, 4))
    expected = scipy.special.softmax(scores, axis=axis)
    np.testing.assert_allclose(maths.softmax(scores, axis), expected)


def test_attention_under_a_mask():
    Q, K, V = (RNG.standard_normal((2, 3, 4)) for _ in range(3))
    mask = np.tri(3, dtype=bool)
    weights, output = maths.attend(Q, K, V, mask)
    assert (weights[:, ~mask] == 0).all()
    for b, i in np.ndindex(2, 3):
        seen = slice(i + 1)
        expected = scipy.special.softmax(K[b, seen] @ Q[b, i] / 2)
        np.testing.assert_allclose(weights[b, i, seen], expected)
        np.testing.assert_allclose(output[b, i], expected @ V[b, seen])


@pytest.mark.parametrize("axis", [0, -1])
def test_standardise(axis):
    x = RNG.standard_normal((5, 4))
    expected = scipy.stats.zscore(x, axis=axis)
    found = maths.standardise(x, axis, epsilon=0)
    np.testing.assert_allclose(found, expected)
    # ε is added to the variance, so equal numbers become 0.
    assert (maths.standardise(np.ones(4)) == 0).all()
    assert maths.standardise(np.array([-1, 1]), epsilon=3)[1] == 0.5


def test_entropy():
    assert maths.entropy(np.full(6, 1 / 6)) == pytest.approx(np.log(6))
    assert maths.entropy(np.array([0.0, 1.0])) == 0
