import pytest

from byhand.gpt.pace import Pace, left


def told(times, every=10, span=50):
    """A pace that was told of a report after every so many steps."""
    pace = Pace(span)
    for k, now in enumerate(times):
        pace.report(k * every, now)
    return pace


def test_nothing_is_said_before_a_span_is_over():
    assert told([]).seconds(100) is None
    assert told([0, 1, 2, 3, 4]).seconds(100) is None
    assert told([0, 1, 2, 3, 4, 5]).seconds(100) == pytest.approx(10)


def test_what_happens_once_a_span_is_counted():
    """A loss on held-out text, every fifth report, takes 3 more seconds."""
    times = [k + 3 * (k // 5) for k in range(30)]
    assert told(times).seconds(500) == pytest.approx(80)


def test_neither_a_slow_start_nor_a_pause_moves_it_far():
    steady = [10 + k for k in range(20)]
    assert told([0, *steady]).seconds(100) == pytest.approx(10)
    paused = [k + 3600 * (k > 15) for k in range(20)]
    assert told(paused).seconds(100) == pytest.approx(10)


def test_it_follows_a_machine_that_has_become_slower():
    slower = [min(k, 30) + 4 * max(k - 30, 0) for k in range(60)]
    assert told(slower).seconds(100) == pytest.approx(40)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "time left: not known yet"),
        (0, "a few seconds left"),
        (9.9, "a few seconds left"),
        (14, "about 10 seconds left"),
        (54.9, "about 50 seconds left"),
        (55, "about a minute left"),
        (89, "about a minute left"),
        (150, "about 2 minutes left"),
        (5000, "about 83 minutes left"),
        (6000, "about 2 hours left"),
    ],
)
def test_as_a_person_says_it(seconds, said):
    assert left(seconds) == said
