"""What learners' slips are told (tests/exercises/slips), one by one."""

import pytest

from byhand.bank import find
from byhand.message import MOST_LINES
from tests import gates
from tests.bench import messages
from tests.exercises import slips

HINT_IN_LINE = 5  # at the latest
SLIPS = messages.kept(slips)


@pytest.mark.parametrize("exercise", SLIPS)
def test_slips_are_refused_in_few_lines_with_the_hint_in_front(exercise):
    told = [
        messages.told(find(exercise), name, answer)
        for name, answer in SLIPS[exercise].items()
    ]
    assert len(told) >= 6
    for one in told:
        assert one.lines <= MOST_LINES, one.name
        assert (one.place or 1) <= HINT_IN_LINE, one.name
        if "It raised" not in one.message:  # a library's words are its own
            assert gates.old_fashioned(one.message) == [], one.name
    # Of six, one may be a mistake that nobody foresaw, or perhaps.
    unknown = [one.name for one in told if one.how == "nothing"]
    assert len(unknown) <= 1
