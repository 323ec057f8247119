"""Submissions are graded as they arrive."""

import os
import signal
import subprocess
import sys

import pytest

from authoring.paths import ROOT
from grader.journal import Journal
from grader.watch import watch
from tests.grader.courses import (
    RIGHT,
    expected,
    small_class,
    totals,
    wait_for,
)


class Enough(Exception):
    pass


@pytest.mark.parametrize(
    ("looks", "graded"),
    [
        ([{}, {}, {}], 0),
        ([{"a": "1"}], 0),  # it may be half there
        ([{"a": "1"}, {"a": "1"}, {"a": "1"}], 1),
        ([{"a": "1"}, {"a": "2"}, {"a": "3"}], 0),
        ([{"a": "1"}, {"a": "1"}, {"a": "2"}, {"a": "2"}], 2),
        ([{"a": "1"}, {"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "1"}], 1),
    ],
)
def test_what_has_come_to_rest_is_graded_once(looks, graded):
    left, times = iter(looks), []

    def look():
        for one in left:
            return one
        raise Enough

    with pytest.raises(Enough):
        watch(look, lambda: times.append(1), lambda: None)
    assert len(times) == graded


def entered(course):
    """How many are in the gradebook: that is noted after they are."""
    with Journal(course.root) as journal:
        return len(list(journal.recorded(course.lesson)))


def test_what_arrives_is_graded(tmp_path):
    course = small_class(tmp_path / "course", 1)
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "grader", "watch", course.lesson),
            *("--seconds", "1"),
        ],
        cwd=course.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        # Or it is deaf to it where the tests themselves were started so, in a
        # shell's background.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            assert "Ctrl-C ends it" in process.stdout.readline()
            wait_for(lambda: entered(course) == 1)
            course.submit("learner02", course.empty(average=RIGHT))
            wait_for(lambda: entered(course) == 2)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert totals(course) == {
        n: score for n, score in expected(3).items() if n != "learner01"
    }
