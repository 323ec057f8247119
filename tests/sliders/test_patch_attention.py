import numpy as np
import pytest

from byhand.sliders import patch_attention
from tests.sliders.reading import matrix, require_room, shown

HEADS = (patch_attention.MEAN, *range(1, patch_attention.HEADS + 1))


@pytest.mark.parametrize(
    ("digit", "layer"),
    [
        (digit, layer)
        for digit in range(patch_attention.DIGITS)
        for layer in range(1, patch_attention.LAYERS + 1)
    ],
)
def test_every_digit_in_every_layer(digit, layer):
    for head in HEADS:
        arrays = patch_attention.compute(digit, layer, head)
        # Each weight is kept to three decimals.
        assert arrays.patches.sum() + arrays.itself == pytest.approx(
            100, abs=1
        )
        picture = patch_attention.draw(arrays)
        assert len(matrix(picture, "patches")) == patch_attention.GRID
        require_room(picture)


def test_the_record_is_of_a_model_that_reads():
    kept = patch_attention.record()
    right = np.array(kept["read"]) == np.arange(patch_attention.DIGITS)
    assert right.sum() >= 8
    assert np.shape(kept["images"]) == (10, 8, 8)
    assert np.shape(kept["weights"]) == (10, 2, 4, 17)


def test_another_models_looks():
    kept = patch_attention.record()
    weights = np.full((10, 2, 4, 17), 0.05)
    weights[..., 0] = 0.2
    panel = patch_attention.show({**kept, "weights": weights})
    assert panel.picture == patch_attention.picture()
    panel.controls["model"].value = patch_attention.YOURS
    assert shown(panel.picture)["itself"] == "20.0"
    panel.controls["head"].value = 2
    assert "head 2" in panel.summary


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ({"digit": 10}, "the digit must be"),
        ({"layer": 0}, "the layer must be"),
        ({"head": 5}, "the head must be"),
    ],
)
def test_what_there_is_not(numbers, complaint):
    with pytest.raises(ValueError, match=complaint):
        patch_attention.compute(**numbers)
