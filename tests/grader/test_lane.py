"""What a process that grades keeps from one submission to the next."""

import os

import pytest

from grader import lane
from grader.judging import Options
from tests.grader.lessons import empty, release, submission


@pytest.fixture(autouse=True)
def no_nursery_before_and_after(monkeypatch):
    monkeypatch.setattr(lane, "_nursery", None)
    yield
    if lane._nursery:
        lane._nursery.close()


def seen(options: Options) -> str:
    """What the root of the file system holds, as a learner's cell sees it."""
    nb = empty()
    nb.cells[1].source = "import os\nprint('root:', sorted(os.listdir('/')))"
    graded = lane.grade_here(submission(nb), release(), 1, options)
    return graded.notebook.partition("root: ")[2].partition("]")[0]


def test_one_run_without_a_seal_leaves_the_next_one_sealed():
    assert "seal" not in os.listdir("/")
    assert "'seal'" not in seen(Options(sealed=False))
    assert "'seal'" in seen(Options())


def test_a_nursery_that_was_killed_is_replaced():
    assert "'seal'" in seen(Options())
    killed = lane._nursery
    killed.process.kill()
    killed.process.wait()
    assert "'seal'" in seen(Options())
    assert lane._nursery is not killed
