import pytest

from byhand.sliders import patches
from tests.sliders.reading import shown


def test_the_published_configuration():
    """What lesson 20 counts by hand."""
    arrays = patches.compute(8)
    assert (arrays.values, arrays.patches, arrays.pairs) == (192, 256, 65_536)
    assert (arrays.parameters, arrays.head_parameters) == (62_403, 195)
    dense = patches.compute(8, patches.DENSE)
    assert dense.parameters == 167_858_947
    assert dense.head_parameters == 167_796_739
    assert round(dense.head_share, 2) == 99.96


def test_half_the_side_is_sixteen_times_the_pairs():
    assert patches.compute(4).pairs == 16 * patches.compute(8).pairs


def test_what_is_to_be_seen():
    dense = patches.compute(8, patches.DENSE).curves["parameters"].tolist()
    assert dense == sorted(dense)
    mean = patches.compute(8).curves["parameters"].tolist()
    assert min(mean) not in (mean[0], mean[-1])


def test_it_is_said_as_it_is():
    found = shown(patches.draw(patches.compute(4)))
    assert found["patches"] == "1,024"
    assert found["pairs"] == "1,048,576"


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [({"patch": 5}, "the patch must be"), ({"head": "x"}, "the head must be")],
)
def test_what_is_not_on_offer(numbers, complaint):
    with pytest.raises(ValueError, match=complaint):
        patches.compute(**numbers)
