"""A lane that dies costs its own submission a try, and no other."""

import json
import os
import time
from dataclasses import asdict

import pytest

from grader import lane, lanes
from grader.submissions import Graded, Release, Submission


def grade(submission, *_):
    """Stands in for grading: what happens is the student's name."""
    kind, _, path = submission.student.partition(":")
    if kind == "dies" or (kind == "dies-once" and not os.path.exists(path)):
        if path:
            open(path, "w").close()
        time.sleep(0.2)
        os._exit(1)
    time.sleep(0.05)
    graded = Graded(notebook=str(os.getpid()))
    return json.dumps({"graded": asdict(graded)})


@pytest.fixture
def graded(monkeypatch):
    monkeypatch.setattr(lane, "told", grade)

    def graded(*students):
        done, steps = {}, []
        with lanes.Lanes("", 2, lambda: steps.append(1)) as work:
            for student in students:
                work.submit(
                    Submission(student, "01_lesson", {}),
                    Release("01_lesson", ()),
                )
                for one, came in work.finished(at_most=4):
                    done[one.student] = came
            for one, came in work.finished(at_most=0):
                done[one.student] = came
        assert len(steps) == len(students)
        return done

    return graded


def test_honest_neighbours_of_a_lane_that_dies_are_graded(graded, tmp_path):
    honest = [f"ann{n}" for n in range(12)]
    once = [f"dies-once:{tmp_path / str(n)}" for n in range(3)]
    done = graded(*honest[:3], *once, "dies", *honest[3:])
    assert set(done) == {*honest, *once, "dies"}
    for student in (*honest, *once):
        assert isinstance(done[student], Graded), student
    assert isinstance(done["dies"], RuntimeError)


def test_whose_lane_died_is_tried_when_all_others_are_done(graded):
    done = graded("dies", *[f"ann{n}" for n in range(6)])
    assert list(done)[-1] == "dies"
