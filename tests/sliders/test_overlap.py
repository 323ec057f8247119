import itertools

import numpy as np
import pytest

from byhand.exercises.translation.bleu import by_logarithms
from byhand.exercises.translation.shared import counted
from byhand.sliders import overlap
from tests.sliders.reading import require_room, shown

EVERY = list(itertools.product(overlap.CHANGES, range(1, 8)))


@pytest.mark.parametrize(("change", "place"), EVERY)
def test_every_position_is_what_bleu_says(change, place):
    arrays = overlap.compute(change, place)
    corpus = [list(arrays.hypothesis)], [[list(overlap.REFERENCE)]]
    right = [counted(*corpus, n) for n in overlap.ORDERS]
    assert list(zip(arrays.matches, arrays.totals, strict=True)) == right
    np.testing.assert_allclose(arrays.score, by_logarithms(*corpus))
    picture = overlap.draw(arrays)
    found = shown(picture)
    assert found["hypothesis"] == " ".join(arrays.hypothesis)
    assert [found[f"runs{n}"] for n in overlap.ORDERS] == [
        f"{matches}/{total}" for matches, total in right
    ]
    assert found["bleu"] == found["score"]
    require_room(picture)


@pytest.mark.parametrize(
    ("change", "place", "score"),
    [
        ("as it is", 1, 100),
        ("swap", 6, 66.87),
        ("drop", 7, 84.65),
        ("drop", 2, 67.32),
        ("replace", 4, 0),
        ("cut here", 3, 0),
    ],
)
def test_what_is_to_be_seen(change, place, score):
    assert overlap.compute(change, place).score == pytest.approx(
        score, abs=5e-3
    )


def test_a_place_or_a_change_that_there_is_not():
    with pytest.raises(ValueError, match="the place must be"):
        overlap.compute("drop", 8)
    with pytest.raises(ValueError, match="the change must be"):
        overlap.compute("explode", 1)
