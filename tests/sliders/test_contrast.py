import math

import numpy as np
import pytest
import torch

from byhand.bank import find
from byhand.sliders import contrast
from tests.sliders.reading import matrix, require_room, shown


@pytest.mark.parametrize("temperature", contrast.TEMPERATURES)
def test_every_position_of_the_slider(temperature):
    arrays = contrast.compute(temperature)
    np.testing.assert_allclose(arrays.shares.sum(axis=1), 1)
    picture = contrast.draw(arrays)
    assert matrix(picture, "shares") == [
        [f"{share:.3f}" for share in row] for row in arrays.shares
    ]
    require_room(picture)


def test_the_loss_is_info_nce():
    """Of queries along the axes, whose cosines are the keys' own numbers."""
    arrays = contrast.compute(0.2)
    queries = torch.eye(4, 8).double()
    keys = torch.zeros(4, 8).double()
    keys[:, :4] = torch.from_numpy(arrays.cosines.T)
    # What is missing to a length of 1, along an axis of its own.
    missing = 1 - keys.square().sum(1)
    assert (missing >= 0).all()
    keys[:, 4:] = torch.diag(missing.sqrt())
    info_nce = find("sentence_embeddings.info_nce").reference
    assert math.isclose(float(info_nce(queries, keys, 0.2)), arrays.loss)


def test_what_is_to_be_seen():
    """A low temperature leaves the hard text only; a high one, all alike."""
    low, high = contrast.compute(0.02), contrast.compute(5.0)
    assert low.shares[2, 3] > 100 * low.shares[2, 1]
    assert high.shares.max() < 0.3
    before, after = contrast.compute(), contrast.compute(hard=0.9)
    assert after.losses[2] > before.losses[2]
    np.testing.assert_array_equal(after.losses[:2], before.losses[:2])
    assert contrast.compute(0.01).losses.min() >= 0


def test_it_is_said_as_it_is():
    found = shown(contrast.draw(contrast.compute()))
    assert found["loss"] == f"{contrast.compute().loss:.4f}"


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ({"temperature": 0.3}, "the temperature must be"),
        ({"hard": 1.5}, "a cosine is from -1 to 1"),
    ],
)
def test_what_is_not_on_offer(numbers, complaint):
    with pytest.raises(ValueError, match=complaint):
        contrast.compute(**numbers)
