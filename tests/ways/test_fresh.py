"""New arrays are new, and what an answer did to the given ones is kept."""

import numpy as np
import pytest

from byhand.ways import fresh

RIGHT = [[1.0, 2.0], [3.0]]


def given():
    return [np.array(one) for one in RIGHT]


@pytest.mark.parametrize(
    "answer",
    [
        lambda arrays: arrays,
        list,
        lambda arrays: [one[...] for one in arrays],
        lambda arrays: [np.asarray(one) for one in arrays],
    ],
)
def test_what_is_not_new_is_0_afterwards(answer):
    arrays = given()
    came = fresh.arrays_afterwards(answer, arrays)
    assert [one.tolist() for one in came] == [[0, 0], [0]]
    assert [one.tolist() for one in arrays] == RIGHT


def test_new_arrays_stay_as_they_are():
    arrays = given()
    came = fresh.arrays_afterwards(
        lambda arrays, factor: [factor * one for one in arrays], arrays, 2
    )
    assert [one.tolist() for one in came] == [[2, 4], [6]]
    assert [one.tolist() for one in arrays] == RIGHT


def doubled(arrays):
    for one in arrays:
        one *= 2


def one_replaced(arrays):
    arrays[0] = 2 * arrays[0]


def one_more(arrays):
    arrays.append(np.zeros(1))


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (doubled, [[2, 4], [6]]),
        (one_replaced, [[2, 4], [3]]),
        (one_more, [[1, 2], [3], [0]]),
    ],
)
def test_a_change_in_place_can_be_seen(answer, left):
    arrays = given()
    fresh.arrays_afterwards(answer, arrays)
    assert [one.tolist() for one in arrays] == left
