"""What a process that grades keeps from one submission to the next."""

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import nbformat
import pytest

import byhand
import grader
from byhand import bank
from grader import lane
from grader.judging import Options
from grader.sealed import CannotSeal, Nursery
from grader.submissions import Graded
from tests import gates
from tests.grader.lessons import empty, release, submission


@pytest.fixture(autouse=True)
def no_nursery_before_and_after(monkeypatch):
    monkeypatch.setattr(lane, "_doors", {})
    yield
    lane.close()


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
    (killed,) = lane._doors.values()
    killed.process.kill()
    killed.process.wait()
    assert "'seal'" in seen(Options())
    assert killed not in lane._doors.values()


def imported_torch(*cells):
    """Whether PyTorch was there before a learner's cells ran."""
    nb = empty()
    for cell in cells:
        nb.cells.insert(2, nbformat.v4.new_code_cell(cell))
    look = "import sys; print('there:', 'to' + 'rch' in sys.modules)"
    nb.cells.insert(2, nbformat.v4.new_code_cell(look))
    graded = lane.grade_here(submission(nb), release(), 1, Options())
    return "there: True" in graded.notebook


def test_pytorch_is_imported_for_those_who_use_it_only():
    assert not imported_torch("1 + 1")
    assert imported_torch("import torch")
    assert set(lane._doors) == {(True, False), (True, True)}


def test_lanes_share_a_nursery_while_it_lives(monkeypatch):
    with Nursery(torch=False) as nursery:
        door = nursery.beside(torch=False)
        monkeypatch.setattr(lane, "_shared", door)
        assert "'seal'" in seen(Options())
        assert not imported_torch("1 + 1")
        assert imported_torch("import torch")
        assert len(lane._doors) == 2
        assert not any(isinstance(d, Nursery) for d in lane._doors.values())
        nursery.process.kill()
        nursery.process.wait()
        assert "'seal'" in seen(Options())
        (own,) = (d for d in lane._doors.values() if isinstance(d, Nursery))
        assert own.alive()
        door.close()


def test_a_lane_without_a_seal_does_not_ask_a_sealed_nursery(monkeypatch):
    with Nursery(torch=False) as nursery:
        door = nursery.beside(torch=False)
        monkeypatch.setattr(lane, "_shared", door)
        assert "'seal'" not in seen(Options(sealed=False))
        door.close()


def test_a_lesson_that_is_judged_with_pytorch_says_so():
    needy = {
        n for n in bank.lessons() if bank.needs_torch(n.partition("_")[2])
    }
    assert needy == {n for n in bank.lessons() if not gates.without_torch(n)}


def test_what_a_verdict_depends_on_is_found_by_walking(tmp_path, monkeypatch):
    """Any file of either package, however deep, makes another bank."""
    roots = {}
    for package in (byhand, grader):
        root = tmp_path / package.__name__
        shutil.copytree(
            Path(package.__file__).parent,
            root,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        monkeypatch.setattr(package, "__file__", str(root / "__init__.py"))
        roots[package.__name__] = root

    def bank():
        lane.bank.cache_clear()
        return lane.bank()

    before = bank()
    assert bank() == before
    for name in (
        "byhand/exercises/self_attention/softmax.py",
        "byhand/exercises/pieces/inputs.py",
        "byhand/results/numbers.py",
        "byhand/ways/modules.py",
        "byhand/judge.py",
        "grader/session.py",
        "grader/inside/wire.py",
    ):
        path = tmp_path / name
        text = path.read_text("utf-8")
        path.write_text(f"{text}# changed\n", "utf-8")
        assert bank() != before, name
        path.write_text(text, "utf-8")
    assert bank() == before
    new = roots["byhand"] / "exercises" / "new" / "deep" / "one.py"
    new.parent.mkdir(parents=True)
    new.write_text("")
    assert bank() != before
    lane.bank.cache_clear()


def told(**changed):
    """What an honest lane tells, but for what is changed."""
    graded = Graded(
        scores={"softmax-check": 2.0, "why-rows": None},
        comments={"softmax": None},
        findings=[
            {
                "cell": "softmax-check",
                "exercise": "self_attention.softmax",
                "part": None,
                "points": 2.0,
                "most": 2.0,
                "misconception": "",
                "message": "",
            }
        ],
        notebook="{}",
    )
    return json.dumps({"graded": {**asdict(graded), **changed}})


def test_an_honest_lane_is_heard():
    graded = lane.heard(told(), release())
    assert graded.scores == {"softmax-check": 2.0, "why-rows": None}
    assert graded.findings[0]["points"] == 2.0


@pytest.mark.parametrize(
    ("score", "counts"), [(99, 2.0), (-99, 0.0), (1.5, 1.5), (1e308, 2.0)]
)
def test_no_score_is_above_its_cells_points(score, counts):
    graded = lane.heard(
        told(scores={"softmax-check": score, "stranger": 5}), release()
    )
    assert graded.scores == {"softmax-check": counts}
    assert graded.findings[0]["points"] == counts


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "3",
        "{}",
        '{"graded": 3}',
        told(scores={"softmax-check": float("nan")}),
        told(scores={"softmax-check": "2"}),
        told(scores={}),
        told(notebook=3),
        told(findings=[{}]),
        told(stopped=[[]]),
        told(more=1),
        '{"failed": "ValueError: x"}',
    ],
)
def test_what_is_no_verdict_is_none(said):
    with pytest.raises(RuntimeError):
        lane.heard(said, release())


def test_what_fails_on_a_lane_is_told(monkeypatch):
    def fail(*_):
        raise CannotSeal("no namespaces")

    monkeypatch.setattr(lane, "grade_here", fail)
    with pytest.raises(CannotSeal, match="no namespaces"):
        lane.heard(lane.told(), release())
    monkeypatch.setattr(lane, "grade_here", lambda: 1 / 0)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        lane.heard(lane.told(), release())
