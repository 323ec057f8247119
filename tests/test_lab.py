"""JupyterLab as `python -m byhand lab` starts it; see tests/browser/."""

import json
import os

import pytest

from authoring import paths
from byhand import lab
from byhand.__main__ import main


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Runs the command; JupyterLab's options, and where it reads."""
    import jupyterlab.labapp

    asked = []
    monkeypatch.setattr(jupyterlab.labapp, "main", asked.append)
    monkeypatch.setenv("JUPYTERLAB_WORKSPACES_DIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.chdir(paths.ROOT)

    def run(*arguments):
        main(["lab", *arguments])
        return asked.pop(), os.environ.get("JUPYTER_CONFIG_PATH", "")

    return run


def test_a_learner_gets_none_of_the_instructors_tools(started):
    options, reads = started("--no-browser", "--port=1")
    assert options == [*lab.options(), "--no-browser", "--port=1"]
    assert reads == str(lab.HERE / "learner")


def test_an_instructor_gets_them(started):
    options, reads = started("--instructor", "--no-browser")
    assert options == [*lab.options(), "--no-browser"]
    assert reads == ""


def test_what_is_configured_elsewhere_stays(started, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "hub")
    _, reads = started()
    assert reads.split(os.pathsep) == [str(lab.HERE / "learner"), "hub"]


def test_after_the_first_time_it_opens_as_it_was_left(tmp_path):
    lab.first_look(tmp_path)
    (path,) = tmp_path.iterdir()
    assert lab.FIRST in path.read_text()
    left = {"data": {"mine": 1}, "metadata": {"id": lab.WORKSPACE}}
    path.write_text(json.dumps(left))
    lab.first_look(tmp_path)
    assert json.loads(path.read_text()) == left
