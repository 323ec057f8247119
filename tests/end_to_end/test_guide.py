"""docs/grading.md, walked as it is written."""

import shlex

import pytest

from authoring.paths import ROOT
from tests.end_to_end.course import Course
from tests.test_front_matter import FENCED

LESSON = "07_self_attention"
SELF_TEST = "grader selftest"  # tests/grader/ runs it


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The course in which every command was run, and what each came to."""
    course = Course(tmp_path_factory.mktemp("course"), LESSON, begun=False)
    for name in ("ann", "bob"):
        course.submit(name, course.solved())
    (course.root / "class.csv").write_text(
        "id,last_name,first_name,email\nann,Lee,Ann,ann@example.org\n"
        "bob,Ray,Bob,bob@example.org\n"
    )
    (course.root / "gradebook.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,07 Self-attention (7)\n"
        "    Points Possible,,,,,11.00\n"
        '"Lee, Ann",501,1,ann,A,\n"Ray, Bob",502,2,bob,A,\n'
    )
    (course.root / "worksheet.csv").write_text(
        "Identifier,Full name,ID number,Grade,Maximum grade,"
        "Last modified (grade),Feedback comments\n"
        "Participant 1,Ann Lee,ann,,11.00,-,\n"
        "Participant 2,Bob Ray,bob,,11.00,-,\n"
    )
    guide = (ROOT / "docs" / "grading.md").read_text("utf-8")
    lines = "\n".join(FENCED.findall(guide)[:6]).splitlines()
    ran = {}
    for line in lines:
        program, *words = shlex.split(line, comments=True) or [""]
        if program in ("grader", "nbgrader") and SELF_TEST not in line:
            ran[line] = course.run(program, *words)
    return course, ran


def test_every_command_works(walked):
    _, ran = walked
    assert len(ran) >= 12
    for line, came in ran.items():
        assert came.returncode == 0, (line, came.stderr)


def test_it_ends_with_the_files_that_it_names(walked):
    course, _ = walked
    table = (course.root / "grades.csv").read_text("utf-8")
    assert "Lee,Ann,ann@example.org" in table
    for name in ("gradebook", "worksheet"):
        # Nobody has read their words: nobody is handed on as half right.
        filled = course.root / f"{name}-filled.csv"
        assert filled.read_text() == (
            (course.root / f"{name}.csv").read_text()
        )
    for name in ("report.html", "report.csv", "grades.csv"):
        assert (course.root / f"{LESSON}-{name}").is_file()
    assert (course.root / f"{LESSON}-gradescope.zip").is_file()
    for name in ("ann", "bob"):
        assert "softmax" in course.feedback(name)
