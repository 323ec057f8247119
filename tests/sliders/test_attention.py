import itertools
import math

import numpy as np
import pytest
from scipy.special import softmax

from byhand.sliders import attention
from tests.sliders.reading import matrix, parse, shown

STEPS = np.arange(-2, 2.01, 0.25)
DIVISORS = np.arange(0.5, 4.01, 0.25)


def require_attention(arrays):
    """The properties that hold whatever the numbers."""
    E = arrays.vectors
    np.testing.assert_allclose(arrays.scores, np.inner(E, E), atol=1e-12)
    np.testing.assert_allclose(arrays.scores, arrays.scores.T, atol=1e-12)
    np.testing.assert_allclose(
        arrays.scaled * arrays.divisor, arrays.scores, atol=1e-12
    )
    np.testing.assert_allclose(
        arrays.weights,
        softmax(np.inner(E, E) / arrays.divisor, axis=1),
        rtol=1e-12,
    )
    assert (arrays.weights >= 0).all()
    np.testing.assert_allclose(arrays.weights.sum(axis=1), 1)
    np.testing.assert_allclose(
        arrays.output, np.einsum("qk,kd->qd", arrays.weights, E), atol=1e-12
    )
    assert (arrays.output <= E.max(axis=0) + 1e-12).all()
    assert (arrays.output >= E.min(axis=0) - 1e-12).all()


def test_every_slider_over_its_whole_grid():
    for divisor in DIVISORS:
        require_attention(attention.compute(divisor=divisor))
    for i, k, step in itertools.product(range(3), range(4), STEPS):
        vectors = attention.VECTORS.copy()
        vectors[i, k] = step
        require_attention(attention.compute(vectors))


def test_sliders_moved_together():
    rng = np.random.default_rng(7)
    for _ in range(1500):
        vectors = rng.choice(STEPS, size=(3, 4))
        divisor = rng.choice(DIVISORS)
        require_attention(attention.compute(vectors, divisor))


def test_the_corners_of_the_grid():
    for corner in itertools.product([-2.0, 0.0, 2.0], repeat=3):
        vectors = np.repeat(np.array(corner)[:, None], 4, axis=1)
        for divisor in (0.5, 4.0):
            arrays = attention.compute(vectors, divisor)
            require_attention(arrays)
            parse(attention.draw(arrays))


def test_by_hand():
    picture = attention.picture()
    assert matrix(picture, "scores") == [
        ["2.00", "0.00", "2.00"],
        ["0.00", "2.00", "2.00"],
        ["2.00", "2.00", "4.00"],
    ]
    assert matrix(picture, "weights") == [
        ["0.4223", "0.1554", "0.4223"],
        ["0.1554", "0.4223", "0.4223"],
        ["0.2119", "0.2119", "0.5761"],
    ]
    assert matrix(picture, "output") == [
        ["0.8446", "0.5777", "0.8446", "0.5777"],
        ["0.5777", "0.8446", "0.5777", "0.8446"],
        ["0.7881", "0.7881", "0.7881", "0.7881"],
    ]
    np.testing.assert_allclose(
        attention.compute().scaled, [[1, 0, 1], [0, 1, 1], [1, 1, 2]]
    )


def test_the_picture_says_the_numbers():
    rng = np.random.default_rng(8)
    for _ in range(40):
        vectors = rng.choice(STEPS, size=(3, 4))
        arrays = attention.compute(vectors, rng.choice(DIVISORS))
        picture = attention.draw(arrays)
        for name, near in [
            ("vectors", 5.1e-3),
            ("scores", 5.1e-3),
            ("weights", 5.1e-5),
            ("output", 5.1e-5),
        ]:
            cells = [
                [float(cell.replace("−", "-")) for cell in row]
                for row in matrix(picture, name)
            ]
            np.testing.assert_allclose(
                cells, getattr(arrays, name), rtol=0, atol=near
            )


def test_minus_zero_is_zero():
    vectors = np.full((3, 4), -0.0)
    picture = attention.draw(attention.compute(vectors))
    assert set(shown(picture).values()) == {"0.00", "0.0000", "0.3333"}


def test_a_larger_divisor_flattens():
    spreads = [
        np.ptp(attention.compute(divisor=divisor).weights[2])
        for divisor in DIVISORS
    ]
    assert (np.diff(spreads) < 0).all()


def test_the_vectors_are_not_shared():
    arrays = attention.compute()
    arrays.vectors[0, 0] = 99
    assert attention.VECTORS[0, 0] == 1


def test_the_summary():
    arrays = attention.compute()
    assert attention.summary(arrays) == (
        "Scores ÷ 2.00:"
        " The attends to The 0.4223, Cat 0.1554, Sat 0.4223."
        " Cat attends to The 0.1554, Cat 0.4223, Sat 0.4223."
        " Sat attends to The 0.2119, Cat 0.2119, Sat 0.5761."
    )


@pytest.mark.parametrize(
    ("vectors", "divisor", "message"),
    [
        (np.ones((4, 3)), 2, r"shape \(3, 4\), but got \(4, 3\)"),
        (np.full((3, 4), math.nan), 2, "must be a finite number"),
        (np.ones((3, 4)), 0, "above 0, but it is 0"),
        (np.ones((3, 4)), -1, "above 0, but it is -1"),
        (np.ones((3, 4)), math.inf, "finite and above 0, but it is inf"),
    ],
)
def test_what_cannot_be_drawn(vectors, divisor, message):
    with pytest.raises(ValueError, match=message):
        attention.compute(vectors, divisor)


@pytest.mark.parametrize("word", range(3))
def test_each_slider_moves_its_own_component(word):
    panel = attention.show()
    for k in range(4):
        panel.reset()
        panel.controls[f"{attention.WORDS[word]}{k}"].value = -1.75
        expected = attention.VECTORS.copy()
        expected[word, k] = -1.75
        assert panel.picture == attention.draw(attention.compute(expected))
