import pytest

from byhand.bank import find
from byhand.sliders import exchange
from tests.sliders.reading import shown


def test_what_lesson_22_counts_by_hand():
    sent = [round(exchange.compute(p).megabytes, 1) for p in (1, 2, 4, 8, 64)]
    assert sent == [0.0, 497.8, 746.6, 871.1, 980.0]
    right = find("scaling_out.all_reduce_bytes").reference
    for p in exchange.WORKERS:
        assert exchange.sent(p) == pytest.approx(right(exchange.GRADIENTS, p))


def test_a_slow_network_makes_eight_slower_than_one():
    slow = exchange.compute(8, 0.125)
    assert slow.step == slow.exchange > exchange.COMPUTE
    assert slow.times < 1
    fast = exchange.compute(8, 450.0)
    assert fast.step == fast.computing == 0.125
    assert (fast.times, fast.efficiency) == (8, 100)


def test_from_some_number_on_more_workers_do_not_help():
    steps = exchange.compute(8, 1.25).curves["step"]
    assert steps.argmin() not in (0, len(steps) - 1)


def test_it_is_said_as_it_is():
    assert shown(exchange.draw(exchange.compute()))["megabytes"] == "871.1"


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ({"workers": 3}, "workers must be"),
        ({"bandwidth": 1.0}, "the bandwidth must be"),
    ],
)
def test_what_is_not_on_offer(numbers, complaint):
    with pytest.raises(ValueError, match=complaint):
        exchange.compute(**numbers)
