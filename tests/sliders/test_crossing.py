import itertools
import math

import numpy as np
import pytest
import torch

from byhand.sliders import crossing
from tests.sliders.reading import matrix, require_room, shown

SHIFTS, TARGETS, PADS = range(-2, 3), range(1, 5), range(3)
SETTINGS = list(
    itertools.product(
        (0.0, 0.5, 8.0, 20.0), SHIFTS, TARGETS, PADS, (1, 4), crossing.ORDERS
    )
)


def place_of(i, shift, order):
    """The source place that a target place is turned to."""
    return i + shift if order == "copies" else 5 - i + shift


def by_torch(sharpness, shift, target, padded, order):
    """The map, by PyTorch's own attention, on places in closed form."""

    def waves(places):  # the two fastest of 16 numbers
        angles = torch.tensor(places, dtype=torch.float64)[:, None]
        angles = angles * torch.tensor([1.0, 10**-0.5], dtype=torch.float64)
        return torch.cat([angles.sin(), angles.cos()], dim=1)

    looked = [place_of(i, shift, order) for i in range(target)]
    return torch.nn.functional.scaled_dot_product_attention(
        sharpness * waves(looked)[None],
        waves(range(6))[None],
        torch.eye(6, dtype=torch.float64)[None],
        attn_mask=torch.arange(6)[None] < 6 - padded,
    )[0].numpy()


@pytest.mark.parametrize("order", crossing.ORDERS)
def test_every_position_of_the_sliders(order):
    for sharpness, shift, target, padded in itertools.product(
        np.arange(0, 20.5, 2.5), SHIFTS, TARGETS, PADS
    ):
        setting = sharpness, shift, target, padded
        arrays = crossing.compute(*setting, row=1, order=order)
        np.testing.assert_allclose(
            arrays.weights, by_torch(*setting, order), rtol=1e-9, atol=1e-12
        )
        assert arrays.weights.shape == (target, 6)
        assert (arrays.weights[:, 6 - padded :] == 0).all()
        assert (arrays.weights[:, : 6 - padded] > 0).all()
        np.testing.assert_allclose(arrays.weights.sum(axis=1), 1)


def test_the_queries_are_the_encodings_of_other_places():
    far = crossing.encoding(20)[:, : crossing.D_K]
    for shift, order in itertools.product(SHIFTS, crossing.ORDERS):
        turned = crossing.encoding(4) @ crossing.query_matrix(order, shift)
        for i in range(4):
            place = place_of(i, shift, order)
            if place >= 0:
                np.testing.assert_allclose(turned[i], far[place], atol=1e-12)


def test_the_keys_and_queries_are_those_of_lesson_11():
    from byhand.bank import find

    right = find("positional_encoding.sinusoidal_encoding").reference
    np.testing.assert_allclose(crossing.encoding(6), right(6, 16), atol=1e-12)


def test_what_the_lesson_says_about_it():
    first = crossing.compute()
    assert first.reads == first.wanted == ("a", "cat", "sat", "on")
    assert first.target == ("(start)", "a", "cat", "sat")
    ahead = crossing.compute(shift=1)
    assert ahead.reads == ("cat", "sat", "on", "my")
    assert ahead.later == pytest.approx(0.896, abs=5e-4)
    flat = crossing.compute(sharpness=0)
    np.testing.assert_allclose(flat.weights[:, :5], 0.2)
    assert set(flat.reads) == {"?"}
    for padded in PADS:
        turned = crossing.compute(
            shift=-padded, padded=padded, order="reverses"
        )
        assert turned.reads == turned.wanted
        if padded:
            missed = crossing.compute(padded=padded, order="reverses")
            assert missed.reads != missed.wanted


def test_what_goes_wrong_when_it_reverses():
    wrong = crossing.compute(order="reverses")
    assert wrong.wanted == ("my", "on", "sat", "cat")
    assert wrong.reads == ("my", "my", "on", "sat")


def test_the_first_row_may_look_at_the_last_source_token():
    arrays = crossing.compute(20.0, 0, 4, 0, 1, "reverses")
    assert arrays.weights[0, 5] > 0.9
    assert arrays.later == pytest.approx(1 - arrays.weights[0, 0])


def test_the_picture_says_the_numbers_everywhere():
    for setting in SETTINGS:
        arrays = crossing.compute(*setting)
        picture = crossing.draw(arrays)
        said = shown(picture)
        n, padded = setting[2], setting[3]
        assert said["n_target"] == str(n) and said["n_source"] == "6"
        assert said["padded"] == str(padded)
        assert said["place"] == str(min(setting[4], n))
    for setting in SETTINGS[::7]:
        arrays = crossing.compute(*setting)
        picture = crossing.draw(arrays)
        require_room(picture)
        cells = matrix(picture, "weights")
        for row, shares in zip(cells, arrays.weights, strict=True):
            assert [float(c) for c in row] == pytest.approx(shares, abs=5e-3)
        assert [
            cell == "−∞" for cell in matrix(picture, "scores")[0]
        ] == np.isneginf(arrays.scores[arrays.row]).tolist()


def test_the_summary():
    arrays = crossing.compute(target=1, padded=0)
    said = crossing.summary(arrays)
    assert said.startswith(
        "A target that copies its source: 1 target token looks at 6 source"
        " tokens, 0 pads among them"
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"shift": 3}, "the shift must be .* from -2 to 2, but it is 3"),
        ({"shift": 0.5}, "the shift must be a whole number"),
        ({"target": 0}, "target tokens must be .* from 1 to 4, but it is 0"),
        ({"padded": 3}, "pads must be .* from 0 to 2, but it is 3"),
        ({"row": 5}, "the row must be .* from 1 to 4, but it is 5"),
        ({"sharpness": -1.0}, "not below 0, but it is -1"),
        ({"sharpness": math.inf}, "must be finite"),
        ({"order": "sorts"}, "must be one of .* not 'sorts'"),
    ],
)
def test_what_cannot_be_drawn(setting, message):
    with pytest.raises(ValueError, match=message):
        crossing.compute(**setting)
