"""The archive for Gradescope, rehearsed in folders that are like its own."""

import json
import os
import subprocess
import sys
import zipfile

import nbformat
import pytest

from authoring.paths import lesson_path, solved_path
from grader import gradescope, sealed
from grader.sheets import NotOurs
from tests.grader.courses import WRONG

LESSON = "00_start_here"
POINTS = 1.0


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "autograder.zip"
    gradescope.write(path, lesson_path(LESSON))
    return path


@pytest.fixture
def graded(archive, tmp_path):
    """Grades a notebook there; results.json."""

    def run(nb, name=f"{LESSON}.ipynb", **environment):
        with zipfile.ZipFile(archive) as file:
            file.extractall(tmp_path / "source")
        folder = tmp_path / "submission"
        folder.mkdir()
        nbformat.write(nb, folder / name)
        ran = subprocess.run(
            [sys.executable, "-m", "grader.gradescope", str(tmp_path)],
            cwd=tmp_path / "source",
            capture_output=True,
            text=True,
            env={
                **os.environ,
                "PYTHONPATH": str(tmp_path / "source"),
                **environment,
            },
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads((tmp_path / "results/results.json").read_text())

    return run


def notebook(path, **cells):
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = cells.get(name, cell.source)
    return nb


def test_the_archive_has_what_gradescope_asks_for(archive, tmp_path):
    with zipfile.ZipFile(archive) as file:
        names = file.namelist()
        for name in ("setup.sh", "run_autograder"):
            assert names.count(name) == 1  # at the root
            assert file.getinfo(name).external_attr >> 16 & 0o100
            assert file.read(name).startswith(b"#!/usr/bin/env bash\n")
            checked = subprocess.run(["bash", "-n"], input=file.read(name))
            assert checked.returncode == 0
    assert not [n for n in names if "solutions" in n or "attacks" in n]
    assert not [n for n in names if "__pycache__" in n]
    again = tmp_path / "again.zip"
    gradescope.write(again, lesson_path(LESSON))
    assert again.read_bytes() == archive.read_bytes()


def test_a_right_answer_by_another_name(graded):
    came = graded(notebook(solved_path(LESSON)), "my notebook (1).ipynb")
    # All that the specification knows of, and no more.
    assert set(came) == {"score", "output", "visibility", "tests"}
    (test,) = came["tests"]
    assert test == {
        "name": "start_here.average",
        "number": "1",
        "score": POINTS,
        "max_score": POINTS,
        "status": "passed",
        "output": "Right.",
        "visibility": "visible",
    }
    assert came["score"] == POINTS
    sealed_here = not sealed.what_is_missing()
    assert ("without a seal" in came["output"]) is not sealed_here


def test_a_wrong_answer_where_nothing_can_be_sealed(graded):
    came = graded(
        notebook(lesson_path(LESSON), average=WRONG), PATH="/nowhere"
    )
    assert came["score"] == 0
    assert came["tests"][0]["status"] == "failed"
    assert "not right yet" in came["tests"][0]["output"]
    assert (
        "Graded without a seal: bubblewrap is not installed"
        in (came["output"])
    )


def test_what_a_person_reads_has_no_score():
    release = gradescope.Release.of(
        "07_self_attention", lesson_path("07_self_attention")
    )
    came = gradescope.results(gradescope.Graded(), release, "")
    assert came["tests"] == []
    assert came["output"] == (
        "A person has still to read why-rows: its 2 points are not in this "
        "score."
    )


def test_a_lesson_that_was_not_made(tmp_path):
    with pytest.raises(NotOurs, match="nbgrader generate_assignment 07_x"):
        gradescope.write(tmp_path / "x.zip", tmp_path / "07_x.ipynb")
    assert not list(tmp_path.iterdir())
