import itertools

import numpy as np
import pytest
from scipy.special import softmax

from byhand.sliders import positions
from tests.sliders.reading import matrix, parse, shown

GRID = list(itertools.product(range(16), range(8), (False, True)))


def by_definition(n, d):
    table = np.empty((n, d))
    for pos, i in itertools.product(range(n), range(d // 2)):
        turn = np.exp(1j * pos / 10000 ** (2 * i / d))
        table[pos, 2 * i : 2 * i + 2] = turn.imag, turn.real
    return table


def outputs(order, with_positions):
    X = positions.VECTORS[order]
    if with_positions:
        X = X + by_definition(3, 4)
    return softmax(np.inner(X, X) / 2, axis=1) @ X


def test_every_slider_over_its_whole_grid():
    table = by_definition(16, 8)
    products = np.inner(table, table)
    lions = {
        on: (outputs([0, 1, 2], on), outputs([2, 1, 0], on)[::-1])
        for on in (False, True)
    }
    for pos, dim, on in GRID:
        arrays = positions.compute(pos, dim, on)
        np.testing.assert_allclose(arrays.encoding, table, atol=1e-12)
        np.testing.assert_allclose(arrays.products, products[pos])
        np.testing.assert_array_equal(arrays.distances, np.arange(16) - pos)
        lion, tiger = lions[on]
        np.testing.assert_allclose(arrays.lion, lion, atol=1e-12)
        np.testing.assert_allclose(arrays.tiger, tiger, atol=1e-12)
        assert arrays.gap == pytest.approx(np.abs(lion - tiger).max())
        assert (arrays.gap > 0.1) == on
        assert arrays.speed == pytest.approx(10000 ** -(dim // 2 * 2 / 8))


def test_the_product_depends_on_the_distance_only():
    for pos in range(16):
        arrays = positions.compute(pos)
        np.testing.assert_allclose(
            arrays.products, positions.product_at(arrays.distances)
        )
        assert arrays.products[pos] == pytest.approx(4)


def test_the_picture_says_the_numbers():
    for pos, dim, on in GRID[::23]:
        arrays = positions.compute(pos, dim, on)
        picture = positions.draw(arrays)
        for name, near in [
            ("encoding", 5.1e-3),
            ("lion", 5.1e-5),
            ("tiger", 5.1e-5),
        ]:
            cells = [
                [float(cell.replace("−", "-")) for cell in row]
                for row in matrix(picture, name)
            ]
            np.testing.assert_allclose(
                cells, getattr(arrays, name), rtol=0, atol=near
            )
        texts = shown(picture)
        assert float(texts["gap"]) == pytest.approx(arrays.gap, abs=5.1e-5)
        assert texts["how"] == ("with" if on else "without")


def test_the_lions_without_positions_are_one():
    arrays = positions.compute(with_positions=False)
    picture = positions.draw(arrays)
    assert matrix(picture, "lion") == matrix(picture, "tiger")
    assert shown(picture)["verdict"] == "nobody can tell them apart"
    arrays = positions.compute(with_positions=True)
    picture = positions.draw(arrays)
    assert matrix(picture, "lion") != matrix(picture, "tiger")
    assert shown(picture)["verdict"] == "who kills whom shows"


def test_the_chosen_row_and_column_are_marked():
    root = parse(positions.draw(positions.compute(11, 6)))
    texts = [text.strip("\u2007") for text in root.itertext()]
    assert "→ 11" in texts and "[6]" in texts
    assert "11" not in texts


@pytest.mark.parametrize(
    ("pos", "dim", "message"),
    [
        (-1, 0, "position must be a whole number from 0 to 15"),
        (16, 0, "position must be a whole number from 0 to 15"),
        (1.5, 0, "but it is 1.5"),
        (0, 8, "column must be a whole number from 0 to 7"),
        (0, float("nan"), "but it is nan"),
    ],
)
def test_what_cannot_be_drawn(pos, dim, message):
    with pytest.raises(ValueError, match=message):
        positions.compute(pos, dim)


def test_the_summary():
    arrays = positions.compute()
    assert positions.summary(arrays) == (
        "Column 2 of position 3 is 0.2955. PE(3) times itself is 4.00,"
        " times a neighbour 3.54.\nWithout positions, the outputs of “Lion"
        " kills tiger” and “Tiger kills lion” differ by 0.0000 at most:"
        " nobody can tell them apart."
    )
