"""What an instructor hands out, unpacked."""

import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest

from authoring import paths
from authoring.stamps import changed_lessons
from grader import __main__ as command
from grader import handout
from tests import gates

LESSONS = [source.stem for source in paths.sources()]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The unpacked folder."""
    folder = tmp_path_factory.mktemp("handed_out")
    handout.write(folder / "course.zip")
    with zipfile.ZipFile(folder / "course.zip") as packed:
        packed.extractall(folder)
    return folder / handout.NAME


def test_no_solution_is_in_it(course):
    lines = set()
    for lesson in LESSONS:
        cells = nbformat.read(paths.solved_path(lesson), 4).cells
        lines |= gates.solution_lines(cells) | gates.model_answers(cells)
    for path in course.rglob("*"):
        if path.is_dir():
            continue
        # What is no text, such as weights, has no line of one either.
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".ipynb":
            cells = nbformat.reads(text, 4).cells
            text = "\n".join(cell.source for cell in cells)
        assert gates.leaks(lines, text) == [], path


def test_all_lessons_are_in_it_and_its_links_lead_somewhere(course):
    assert sorted(p.name for p in (course / "lessons").iterdir()) == LESSONS
    text = (course / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert len(links) > len(LESSONS)
    assert all((course / link).exists() for link in links)
    assert "solution" not in text and "make lab" in text


def test_every_command_of_its_makefile_works_there(course):
    told = subprocess.run(
        ["make"], cwd=course, capture_output=True, text=True, check=True
    ).stdout
    listed = [line.split()[0] for line in told.splitlines()]
    assert sorted(listed) == sorted(handout.TARGETS)
    for target in (*listed, ".venv/.lab"):
        dry = subprocess.run(
            ["make", "--dry-run", target], cwd=course, capture_output=True
        )
        assert dry.returncode == 0, dry.stderr
    gone = subprocess.run(["make", "test"], cwd=course, capture_output=True)
    assert b"No rule to make target 'test'" in gone.stderr


def test_it_works_and_says_that_no_model_answer_is_there(course):
    code = (
        "from byhand import check, solution\n"
        "check('start_here.average', lambda v: sum(v) / len(v))\n"
        "solution('start_here.average')\nsolution('self_attention')"
    )
    for arguments, said in (
        (("-c", code), "there is no model answer here"),
        (("-m", "byhand", "progress"), "23_bagging"),
    ):
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=course,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stderr
        assert said in ran.stdout


def test_an_instructors_own_answers_are_not_handed_out(tmp_path):
    for name in ("lessons", "solutions"):
        shutil.copytree(paths.ROOT / name, tmp_path / name)
    path = paths.lesson_path("07_self_attention", tmp_path)
    nb = nbformat.read(path, 4)
    nb.cells[-1].source += " mine"
    nbformat.write(nb, path)
    assert changed_lessons(tmp_path) == ["07_self_attention"]
    with pytest.raises(handout.CannotHandOut, match="lessons/07_self_att"):
        handout.write(tmp_path / "course.zip", tmp_path)
    assert not (tmp_path / "course.zip").exists()


def test_the_command_says_what_it_wrote_or_why_not(tmp_path, capsys):
    assert command.main(["handout", str(tmp_path / "course.zip")]) == 0
    assert "written:" in capsys.readouterr().out
    (tmp_path / "file").touch()
    for name, said in (("course.tar", ".zip"), ("file/a.zip", "Not a dir")):
        assert command.main(["handout", str(tmp_path / name)]) == 1
        assert f"grader: {tmp_path / name}: " in (
            err := capsys.readouterr().err
        )
        assert said in err
