import pytest

from byhand.bank import find
from byhand.sliders import memory
from tests.sliders.reading import shown


def test_what_lesson_22_counts_by_hand():
    right = find("scaling_out.memory_per_device").reference
    for name, parameters in memory.MODELS.items():
        for devices in memory.DEVICES:
            for stage in memory.STAGES:
                arrays = memory.compute(name, stage, devices)
                assert arrays.total * 1e9 == pytest.approx(
                    right(parameters, devices, stage)
                )
                parts = arrays.weights + arrays.gradients + arrays.optimiser
                assert parts == pytest.approx(arrays.total)


def test_70_billion_do_not_fit_on_eight_and_do_on_64():
    eight = memory.compute("70 billion", 3, 8)
    assert (eight.total, eight.fits) == (140, False)
    more = memory.compute("70 billion", 3, 64)
    assert (more.total, more.fits) == (17.5, True)


def test_it_is_said_as_it_is():
    assert shown(memory.draw(memory.compute()))["total"] == "140.00"


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ({"parameters": "5"}, "the parameters must be"),
        ({"stage": 4}, "the stage must be"),
        ({"devices": 3}, "the devices must be"),
    ],
)
def test_what_is_not_on_offer(numbers, complaint):
    with pytest.raises(ValueError, match=complaint):
        memory.compute(**numbers)
