import itertools
import math

import numpy as np
import pytest
import torch

from byhand.sliders import masking
from tests.sliders.reading import matrix, shown

LENGTHS = PLACES = (1, 2, 3, 4)
CHANGES = np.arange(0, 3.01, 0.25)


def by_torch(settings, kind):
    """Output before and after, weights after, and mask; one a setting."""
    first, second, word, change = torch.tensor(settings, dtype=torch.float64).T
    lengths = torch.stack([first, second], dim=1)  # (settings, 2)
    places = torch.arange(4)
    real = places < lengths[..., None]
    mask = torch.ones(len(settings), 2, 4, 4, dtype=torch.bool)
    if kind in ("padding", "both"):
        mask = mask & real[:, :, None, :]
    if kind in ("look-ahead", "both"):
        mask = mask.tril()
    X = torch.from_numpy(masking.VECTORS) * real[..., None]
    at_word = (places == word[:, None] - 1) * change[:, None]
    changed = X + at_word[:, None, :, None]
    identity = torch.eye(4, dtype=torch.float64).expand(X.shape)
    attend = torch.nn.functional.scaled_dot_product_attention
    return [
        result.numpy()
        for result in (
            attend(X, X, X, attn_mask=mask),
            attend(changed, changed, changed, attn_mask=mask),
            attend(changed, changed, identity, attn_mask=mask),
            mask,
        )
    ]


@pytest.mark.parametrize("kind", masking.KINDS)
def test_every_position_of_the_sliders(kind):
    settings = [
        (first, second, word, float(change))
        for first, second, word, change in itertools.product(
            LENGTHS, LENGTHS, PLACES, CHANGES
        )
    ]
    expected = zip(*by_torch(settings, kind), strict=True)
    for setting, right in zip(settings, expected, strict=True):
        first, second, word, change = setting
        before, after, weights, mask = right
        arrays = masking.compute(first, second, kind, word, change)
        np.testing.assert_array_equal(arrays.mask, mask)
        np.testing.assert_allclose(arrays.weights, weights, atol=1e-12)
        np.testing.assert_allclose(arrays.output, after, atol=1e-12)
        np.testing.assert_allclose(
            arrays.moved, np.abs(after - before).max(axis=-1), atol=1e-12
        )
        assert (arrays.weights[~mask] == 0).all()
        if kind == "both":
            assert not arrays.leaks.any()
        if change == 0:
            assert (arrays.moved == 0).all()


def test_without_masks_everything_leaks():
    arrays = masking.compute(4, 2, "none", 4, 1.0)
    assert arrays.leaks.tolist() == [
        [True, True, True, False],
        [True, True, False, False],
    ]


def test_each_mask_stops_its_own_leak():
    # Word 4 of the first sentence lies ahead, of the second it is a pad.
    leaks = {
        kind: masking.compute(4, 2, kind, 4, 1.0).leaks.any(axis=1).tolist()
        for kind in masking.KINDS
    }
    assert leaks == {
        "none": [True, True],
        "padding": [True, False],
        "look-ahead": [False, False],
        "both": [False, False],
    }


def test_under_the_look_ahead_mask_only_pads_notice_a_pad():
    # Padding is on the right here, so that nothing else comes after a pad.
    arrays = masking.compute(4, 2, "look-ahead", 3, 1.0)
    assert arrays.moved[1, 3] > 0 and not arrays.leaks[1].any()


def test_the_picture_at_every_mask_and_length():
    for first, second, kind in itertools.product(
        LENGTHS, LENGTHS, masking.KINDS
    ):
        arrays = masking.compute(first, second, kind, 3, 1.5)
        picture = masking.draw(arrays)
        for b in (0, 1):
            for name, numbers, near in [
                ("weights", arrays.weights[b], 5.1e-3),
                ("moved", arrays.moved[b][:, None], 5.1e-5),
            ]:
                cells = np.array(matrix(picture, f"{name}{b}"), dtype=float)
                np.testing.assert_allclose(cells, numbers, rtol=0, atol=near)
            words = " ".join(masking.verdict(arrays, b))
            assert shown(picture)[f"verdict{b}.0"] in words


def test_verdicts():
    def verdicts(*setting):
        arrays = masking.compute(*setting)
        return [" ".join(masking.verdict(arrays, b)) for b in (0, 1)]

    assert verdicts(4, 2, "none", 4, 1.0) == [
        "LEAK: The, cat and sat moved, though only “down” in place 4 changed",
        "LEAK: Dogs and bark moved, though only the pad in place 4 changed",
    ]
    assert verdicts(4, 3, "none", 2, 1.0)[0] == (
        "LEAK: The moved, though only “cat” in place 2 changed"
    )
    assert verdicts(4, 3, "both", 4, 1.0) == [
        "no leak: “down” in place 4 changed, and no word before it noticed",
        "no leak: the pad in place 4 changed, and no word noticed",
    ]
    assert verdicts(4, 3, "both", 1, 1.0)[1] == (
        "“Dogs” in place 1 changed: it has no past to leak into"
    )
    assert verdicts(4, 3, "none", 4, 0.0)[0] == "nothing is changed yet"


def test_the_vectors_are_not_shared():
    before = masking.VECTORS.copy()
    masking.compute(change=3.0)
    np.testing.assert_array_equal(masking.VECTORS, before)


def test_the_summary():
    arrays = masking.compute()
    assert masking.summary(arrays) == (
        "Mask: both. Sentence 1, The cat sat down: 10 of 16 cells are open;"
        " no leak: “down” in place 4 changed, and no word before it"
        " noticed.\n"
        "Sentence 2, Dogs bark at (pad): 9 of 16 cells are open;"
        " no leak: the pad in place 4 changed, and no word noticed."
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (dict(first=0), "first sentence must be a whole number .* is 0"),
        (dict(second=5), "second sentence must be a whole number .* is 5"),
        (dict(word=2.5), "changed word must be a whole number .* is 2.5"),
        (dict(kind="no"), "must be one of .* not 'no'"),
        (dict(change=math.nan), "must be finite, but it is nan"),
    ],
)
def test_what_cannot_be_drawn(setting, message):
    with pytest.raises(ValueError, match=message):
        masking.compute(**setting)
