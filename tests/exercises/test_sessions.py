"""What a learner sets for a session changes no verdict."""

import nbformat
import numpy as np
import pytest
import torch

from authoring import paths
from byhand.attempt import attempt
from byhand.bank import lessons
from byhand.judge import judge
from grader.judging import Options, grade, opened
from grader.submissions import Submission
from tests import gates
from tests.grader.lessons import release, solved, submission

LESSON = "17_gpt_on_gpu"  # sets such things itself
EXERCISES = lessons()[LESSON]


@pytest.fixture(params=["dtype", "gradients", "device", "numpy"])
def odd_session(request):
    """Everything is set back afterwards, as a fixture's end comes always."""
    before = np.geterr()
    if request.param == "dtype":
        torch.set_default_dtype(torch.float64)
    elif request.param == "gradients":
        torch.set_grad_enabled(False)
    elif request.param == "device":
        torch.set_default_device("meta")
    else:
        np.seterr(all="raise")
    yield request.param
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    torch.set_default_device(None)
    np.seterr(**before)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)
def test_what_is_right_in_practice_is_right(exercise, odd_session):
    part = next(iter(exercise.parts), None)
    answer = gates.forms(exercise)[0]
    verdict = judge(exercise, answer, part, (0,))
    assert verdict.failed is None, str(verdict.failed)


def test_it_is_as_it_was_afterwards(odd_session):
    exercise = EXERCISES[0]
    judge(exercise, exercise.reference, None, (0,))
    assert torch.is_grad_enabled() == (odd_session != "gradients")
    assert (torch.get_default_dtype() == torch.float64) == (
        odd_session == "dtype"
    )
    assert (torch.get_default_device().type == "meta") == (
        odd_session == "device"
    )


@pytest.mark.parametrize(
    ("leave", "look"),
    [
        (lambda: torch.set_grad_enabled(False), torch.is_grad_enabled),
        (
            lambda: torch.set_default_dtype(torch.float64),
            torch.get_default_dtype,
        ),
        (
            lambda: torch.set_default_device("meta"),
            torch.get_default_device,
        ),
        (lambda: np.seterr(all="raise"), np.geterr),
    ],
    ids=["gradients", "dtype", "device", "numpy"],
)
def test_what_one_answer_leaves_is_not_the_next_ones(leave, look):
    before = attempt(look, {}).value
    attempt(leave, {})
    assert attempt(look, {}).value == before


@pytest.mark.about(LESSON)
@pytest.mark.parametrize(
    "cell",
    [
        "torch.set_default_dtype(torch.float64)",
        "torch.set_grad_enabled(False)",
        "torch.set_default_device('meta')",
        "numpy.seterr(all='raise')",
    ],
)
def test_what_is_right_is_right_graded(nursery, cell):
    nb = nbformat.read(paths.solved_path(LESSON), as_version=4)
    cell = nbformat.v4.new_code_cell(f"import numpy, torch\n{cell}")
    nb.cells.insert(1, cell)
    files = {f"{LESSON}.ipynb": nbformat.writes(nb).encode()}
    came = grade(
        nursery,
        opened(Submission("learner", LESSON, files)),
        release(LESSON),
        1,
        Options(),
    )
    assert [f["message"] for f in came.findings] == [""] * len(EXERCISES)


def test_numpy_may_raise_where_it_rounds(nursery):
    nb = solved()
    cell = nbformat.v4.new_code_cell("import numpy\nnumpy.seterr(all='raise')")
    nb.cells.insert(1, cell)
    came = grade(nursery, opened(submission(nb)), release(), 1, Options())
    assert sum(filter(None, came.scores.values())) == 9
