import re

import numpy as np
import pytest
import torch

from byhand.sliders import multi_head
from tests.sliders.reading import matrix, parse, shown

DIVIDE = (1, 2, 4, 8)
OTHERS = (3, 5, 6, 7)


def by_torch(heads):
    """The weights of PyTorch's own multi-head attention."""
    layer = torch.nn.MultiheadAttention(
        8, heads, bias=False, dtype=torch.float64, batch_first=True
    )
    stacked = np.concatenate([multi_head.W_Q.T, multi_head.W_K.T, np.eye(8)])
    layer.in_proj_weight.data = torch.from_numpy(stacked)
    x = torch.from_numpy(multi_head.X)[None]
    with torch.no_grad():
        _, weights = layer(x, x, x, average_attn_weights=False)
    count = sum(p.numel() for p in layer.parameters())
    return weights[0].numpy(), count


@pytest.mark.parametrize("heads", DIVIDE)
def test_the_maps_are_those_of_pytorch(heads):
    arrays = multi_head.compute(heads)
    weights, count = by_torch(heads)
    assert arrays.weights.shape == (heads, 6, 6)
    np.testing.assert_allclose(arrays.weights, weights, rtol=1e-9)
    np.testing.assert_allclose(arrays.weights.sum(axis=-1), 1)
    assert arrays.parameters == count == 256
    assert arrays.width * heads == 8
    assert arrays.numbers == heads * 36


def test_the_number_of_heads_costs_no_multiplication():
    # Four projections of 6 rows, then QKᵀ and weights × V over 8 columns.
    assert {multi_head.compute(h).products for h in DIVIDE} == {
        4 * 6 * 8 * 8 + 2 * 6 * 6 * 8
    }


@pytest.mark.parametrize("heads", DIVIDE)
def test_the_picture_says_the_numbers(heads):
    arrays = multi_head.compute(heads)
    picture = multi_head.draw(arrays)
    decimals = 1 if heads == 8 else 2
    for h in range(heads):
        cells = np.array(matrix(picture, f"head{h}"), dtype=float)
        np.testing.assert_allclose(
            cells, arrays.weights[h], rtol=0, atol=0.51 * 10**-decimals
        )
    texts = shown(picture)
    assert texts["parameters"] == "256"
    assert texts["products"] == "2112"
    assert texts["num_heads"] == str(heads)
    assert texts["width"] == str(8 // heads)


def test_no_map_sticks_out():
    for heads in DIVIDE:
        block = multi_head._maps(multi_head.compute(heads))
        width, height = multi_head._SIZE
        assert block.width <= width and block.height <= height


def test_four_heads_ask_four_questions():
    said = dict(enumerate(multi_head.compute(4).favourites))
    assert said == {
        0: ("cat",),
        1: ("as",),
        2: ("cat", "it"),
        3: ("sat", "ate"),
    }


def test_one_head_cannot_keep_them_apart():
    (weights,) = multi_head.compute(1).weights
    assert weights[multi_head.FOLLOWED].max() < 0.3
    # And heads of one number have nothing to say about half of the words.
    assert multi_head.compute(8).favourites.count(()) == 4


@pytest.mark.parametrize("heads", OTHERS)
def test_heads_that_do_not_divide_are_refused_in_a_sentence(heads):
    with pytest.raises(ValueError, match=f"{heads} heads cannot share 8"):
        multi_head.compute(heads)
    panel = multi_head.show()
    panel.controls["heads"].value = heads
    assert f"{heads} heads cannot share 8 numbers" in panel.summary
    said = " ".join("".join(parse(panel.picture).itertext()).split())
    assert "Heads must divide the width" in said
    panel.controls["heads"].value = 8
    assert panel.picture == multi_head.draw(multi_head.compute(8))


@pytest.mark.parametrize("heads", [0, 9, -1, 2.5, float("nan")])
def test_what_cannot_be_drawn(heads):
    with pytest.raises(ValueError, match="whole number from 1 to 8"):
        multi_head.compute(heads)


def test_the_summary():
    arrays = multi_head.compute()
    said = multi_head.summary(arrays)
    assert re.match(
        "4 heads, 2 of 8 numbers wide. .* head 1: cat; head 2: as;", said
    )
    assert "256 numbers to learn and 2112 multiplications" in said
