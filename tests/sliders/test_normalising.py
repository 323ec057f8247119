import itertools
import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from byhand.sliders import normalising
from tests.sliders.reading import matrix, shown

FEATURES = np.arange(-10, 10.01, 0.5)
GAMMAS = np.arange(0, 3.01, 0.25)
BETAS = np.arange(-3, 3.01, 0.25)
# Home and End of every slider.
ENDS = {
    **{f"x{k}": (-10.0, 10.0) for k in range(4)},
    "gamma": (0.0, 3.0),
    "beta": (-3.0, 3.0),
    "epsilon": (1e-5, 10.0),
}


def require_norms(arrays):
    """The properties that hold whatever the numbers."""
    given = arrays.gamma, arrays.beta, arrays.epsilon
    for axis, out in ((1, arrays.layer), (0, arrays.batch)):
        np.testing.assert_allclose(out.mean(axis=axis), arrays.beta, atol=1e-9)
        variances = arrays.table.var(axis=axis)
        np.testing.assert_allclose(
            out.var(axis=axis),
            arrays.gamma**2 * variances / (variances + arrays.epsilon),
            atol=1e-9,
        )
    np.testing.assert_array_equal(arrays.table[1:], normalising.TABLE[1:])
    assert arrays.layer_moved == 0, given
    assert arrays.batch_moved >= 0


def by_torch(arrays):
    table = torch.from_numpy(arrays.table)
    gamma = torch.full((4,), arrays.gamma, dtype=torch.float64)
    beta = torch.full((4,), arrays.beta, dtype=torch.float64)
    layer = functional.layer_norm(table, (4,), gamma, beta, arrays.epsilon)
    batch = functional.batch_norm(
        table, None, None, gamma, beta, training=True, eps=arrays.epsilon
    )
    return layer.numpy(), batch.numpy()


def test_every_slider_over_its_whole_grid():
    for k, value in itertools.product(range(4), FEATURES):
        require_norms(normalising.compute(**{f"x{k}": value}))
    for gamma, beta in itertools.product(GAMMAS, BETAS):
        for epsilon in normalising.EPSILONS:
            require_norms(
                normalising.compute(gamma=gamma, beta=beta, epsilon=epsilon)
            )


def test_sliders_moved_together_give_what_pytorch_gives():
    rng = np.random.default_rng(12)
    for _ in range(400):
        arrays = normalising.compute(
            *rng.choice(FEATURES, 4),
            rng.choice(GAMMAS),
            rng.choice(BETAS),
            rng.choice(normalising.EPSILONS),
        )
        require_norms(arrays)
        layer, batch = by_torch(arrays)
        np.testing.assert_allclose(arrays.layer, layer, atol=1e-9)
        np.testing.assert_allclose(arrays.batch, batch, atol=1e-9)


def test_by_hand():
    picture = normalising.picture()
    assert matrix(picture, "layer")[:2] == [
        ["−1.3416", "−0.4472", "0.4472", "1.3416"],
        ["1.7320", "−0.5773", "−0.5773", "−0.5773"],
    ]
    assert matrix(picture, "rows") == [
        ["5.00", "5.00"],
        ["0.25", "0.19"],
        ["2.00", "5.00"],
    ]
    assert shown(picture)["root"] == "2.2361"


def test_every_corner():
    for corner in itertools.product(*ENDS.values()):
        require_norms(normalising.compute(*corner))


def test_the_picture_says_the_numbers():
    rng = np.random.default_rng(13)
    for _ in range(30):
        arrays = normalising.compute(*rng.choice(FEATURES, 4), 1.5, -0.25, 0.1)
        picture = normalising.draw(arrays)
        for name, near in [
            ("table", 5.1e-3),
            ("rows", 5.1e-3),
            ("columns", 5.1e-3),
            ("layer", 5.1e-5),
            ("batch", 5.1e-5),
        ]:
            cells = [
                [float(cell.replace("−", "-")) for cell in row]
                for row in matrix(picture, name)
            ]
            np.testing.assert_allclose(
                cells, getattr(arrays, name), rtol=0, atol=near
            )


def test_only_batch_norm_moves_the_other_rows():
    moved = normalising.compute(x0=10.0)
    assert moved.layer_moved == 0
    assert moved.batch_moved > 0.5
    assert normalising.compute().batch_moved == 0


def test_a_row_of_equal_numbers_becomes_beta():
    arrays = normalising.compute(3, 3, 3, 3, gamma=2, beta=0.5)
    np.testing.assert_array_equal(arrays.layer[0], 0.5)


def test_the_table_is_not_shared():
    normalising.compute().table[0, 0] = 99
    assert normalising.TABLE[0, 0] == 2


def test_the_summary():
    arrays = normalising.compute()
    said = normalising.summary(arrays)
    assert said.startswith(
        "The row 2.00, 4.00, 6.00, 8.00 becomes −1.3416, −0.4472, 0.4472,"
        " 1.3416 by layer norm and "
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"x0": math.nan}, "must be finite"),
        ({"gamma": math.inf}, "must be finite"),
        ({"epsilon": 0}, "above 0, but it is 0"),
        ({"epsilon": -1}, "above 0, but it is -1"),
        ({"epsilon": math.inf}, "finite and above 0, but it is inf"),
    ],
)
def test_what_cannot_be_drawn(setting, message):
    with pytest.raises(ValueError, match=message):
        normalising.compute(**setting)
