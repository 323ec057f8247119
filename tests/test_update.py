"""A new version of the course meets answers: nbgitpuller keeps both.

As docs/learning.md says, on a hub and without one.
"""

import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_output

from authoring import paths

LESSON = "07_self_attention"
LATER = "08_scaling"  # not there yet in the old version
ANSWER = "# my own\ndef softmax(z, axis=-1):\n    return z\n"
WORDS = "My words,\n\nin two paragraphs."


def git(folder, *command):
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    return subprocess.run(
        ["git", *identity, *command],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "a version")


def older(lesson):
    """The lesson, as it may have been: texts, a stub and a check differ."""
    nb = nbformat.read(paths.lesson_path(lesson), as_version=4)
    texts = [c for c in nb.cells if c.cell_type == "markdown"]
    for cell in texts[3::4]:
        cell.source = "It said something else.\n" + cell.source
    nb.cells.remove(texts[5])
    nb.cells.insert(9, new_markdown_cell("This is said no more."))
    for cell in cells_of(nb).values():
        cell.source += "\n# an older one"
    return nb


def cells_of(nb):
    """grade_id → cell, of those in which answers or checks are."""
    return {
        cell.metadata["nbgrader"]["grade_id"]: cell
        for cell in nb.cells
        if "nbgrader" in cell.metadata
    }


@pytest.fixture
def course(tmp_path):
    """Where the course comes from, with its old version."""
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    path = paths.lesson_path(LESSON, origin)
    path.parent.mkdir(parents=True)
    nbformat.write(older(LESSON), path)
    commit(origin)
    return origin


@pytest.fixture
def mine(course, tmp_path):
    """A learner's copy of it, in which they have written."""
    copy = tmp_path / "mine"
    pull(course, copy)
    written_in(copy)
    return copy


def pull(course, copy):
    """As `gitpuller URL main FOLDER`."""
    subprocess.run(
        [
            *(sys.executable, "-m", "nbgitpuller.pull"),
            *(course.as_uri(), "main", copy),
        ],
        check=True,
        capture_output=True,
    )


def written_in(copy):
    """A learner runs all cells, answers, and writes a few words."""
    path = paths.lesson_path(LESSON, copy)
    nb = nbformat.read(path, as_version=4)
    for count, cell in enumerate(nb.cells):
        if cell.cell_type == "code":
            cell.execution_count = count
            cell.outputs = [new_output("stream", text=f"It ran, {count}.\n")]
    cells_of(nb)["softmax"].source = ANSWER
    cells_of(nb)["why-rows"].source = WORDS
    nbformat.write(nb, path)


def renewed(course):
    for lesson in (LESSON, LATER):
        path = paths.lesson_path(lesson, course)
        path.parent.mkdir(exist_ok=True)
        shutil.copy(paths.lesson_path(lesson), path)
    commit(course)


def test_answers_stay_and_all_else_is_the_new_version(course, mine):
    renewed(course)
    pull(course, mine)
    merged = nbformat.read(paths.lesson_path(LESSON, mine), as_version=4)
    new = nbformat.read(paths.lesson_path(LESSON), as_version=4)
    nbformat.validate(merged)
    wanted = [
        {"softmax": ANSWER, "why-rows": WORDS}.get(
            cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source
        )
        for cell in new.cells
    ]
    assert [cell.source for cell in merged.cells] == wanted
    assert "It ran" in cells_of(merged)["softmax"].outputs[0].text
    assert paths.lesson_path(LATER, mine).exists()


def test_pulled_again_nothing_changes(course, mine):
    renewed(course)
    pull(course, mine)
    once = paths.lesson_path(LESSON, mine).read_bytes()
    pull(course, mine)
    assert paths.lesson_path(LESSON, mine).read_bytes() == once


def test_a_deleted_lesson_comes_back(course, mine):
    """How to begin a lesson again: delete it, and pull."""
    paths.lesson_path(LESSON, mine).unlink()
    renewed(course)
    pull(course, mine)
    assert (
        paths.lesson_path(LESSON, mine).read_bytes()
        == paths.lesson_path(LESSON).read_bytes()
    )
