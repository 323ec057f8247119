"""What `grader` says to somebody who asks for help or goes wrong."""

import errno
import shutil
import sqlite3

import pytest
from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError

from grader import __main__ as command
from grader import gradebook
from grader.classrun import ClassRun
from grader.journal import Journal
from grader.submissions import Graded
from tests.grader.courses import LESSON, small_class


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """One has handed in; entered in the gradebook, and not graded."""
    return small_class(tmp_path_factory.mktemp("class") / "course", 1)


@pytest.fixture
def here(course, tmp_path, monkeypatch):
    """A copy of that course, with this process in it."""
    root = tmp_path / "course"
    shutil.copytree(course.root, root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def refused(capfd):
    """Runs a command that must fail with a sentence; the sentence."""

    def run(*arguments):
        capfd.readouterr()
        try:
            status, said = command.main([*arguments]), ""
        except SystemExit as end:
            # A text is printed by Python, which then ends with 1.
            status, said = (
                (1, end.code) if isinstance(end.code, str) else (end.code, "")
            )
        shown = capfd.readouterr()
        assert status not in (0, None)
        run.status = status
        said += shown.out + shown.err
        assert "Traceback" not in said
        return " ".join(said.split())

    return run


def helped(capfd, *arguments):
    with pytest.raises(SystemExit) as end:
        command.main([*arguments, "--help"])
    assert end.value.code == 0
    return " ".join(capfd.readouterr().out.split())


def test_help_shows_the_way_from_lesson_to_marks(capfd):
    text = helped(capfd)
    steps = [
        "nbgrader generate_assignment",
        "grader autograde",
        "grader report",
        "nbgrader generate_feedback",
        "nbgrader export",
    ]
    places = [text.index(step) for step in steps]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "name, said",
    [
        ("autograde", "after an interruption, run it again"),
        ("report", "Write LESSON-report.html, LESSON-report.csv"),
        ("selftest", "whether it got or harmed anything"),
    ],
)
def test_help_of_each_command(name, said, capfd):
    assert f"{name} " in helped(capfd)
    assert said in helped(capfd, name)


def test_every_option_is_explained(capfd):
    text = helped(capfd, "autograde")
    for option, said in {
        "--student PATTERN": "such as 'a*'",
        "--jobs N": "submissions at a time",
        "--scheduler ADDRESS": "grade on a Dask cluster",
        "--force": "grade unchanged ones again too",
        "--allow-library-calls": "accept library calls",
        "--unsealed": "run learners' code with YOUR rights",
    }.items():
        assert f"{option} {said}" in text


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_jobs_is_a_positive_number(jobs, refused):
    assert jobs in refused("autograde", LESSON, "--jobs", jobs)


def test_no_command_is_told_which_there_are(refused):
    known = "autograde,watch,report,export,import-roster,handout,selftest"
    assert f"{{{known}}}" in refused()


@pytest.mark.parametrize("name", ["autograde", "report"])
def test_outside_a_course(name, refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = refused(name, LESSON)
    assert "there is no nbgrader_config.py here" in said
    assert list(tmp_path.iterdir()) == []


def test_a_lesson_that_there_is_not(refused, here):
    said = refused("autograde", "77_no_such_lesson")
    assert "77_no_such_lesson is not in the gradebook" in said
    assert "nbgrader generate_assignment 77_no_such_lesson" in said


@pytest.mark.parametrize("lesson", ["../elsewhere", "", "."])
def test_what_is_no_lessons_name(lesson, refused, here):
    assert f"{lesson!r} is no lesson's name" in refused("autograde", lesson)


def test_a_lesson_that_is_not_in_the_gradebook(refused, here):
    with Gradebook(f"sqlite:///{here / 'gradebook.db'}") as book:
        book.remove_assignment(LESSON)
    said = refused("autograde", LESSON)
    assert f"enter it with `nbgrader generate_assignment {LESSON}`" in said


def test_nobody_has_handed_in(refused, here):
    shutil.rmtree(here / "submitted")
    said = refused("autograde", LESSON)
    assert f"nobody has handed in {LESSON}" in said
    assert f"submitted/NAME/{LESSON}" in said


def test_nobody_of_that_name_has_handed_in(refused, here):
    assert "'zo*'" in refused("autograde", LESSON, "--student", "zo*")


def test_a_report_before_anything_was_graded(refused, here):
    said = refused("report", LESSON)
    assert f"`grader autograde {LESSON}` comes first" in said
    assert not list(here.glob("*-report.*"))


def test_a_report_says_what_it_wrote(here, capfd):
    with Journal(here) as journal:
        journal.keep("digest", "bank", Graded())
        journal.note_recorded("learner00", LESSON, "digest", "bank")
    assert command.main(["report", LESSON]) == 0
    said = capfd.readouterr().out
    for kind in ("html", "csv"):
        assert f"written: {LESSON}-report.{kind}" in said
        assert (here / f"{LESSON}-report.{kind}").stat().st_size


def test_an_attack_that_there_is_not(refused):
    assert "no attack 'nope'" in refused("selftest", "--only", "nope")


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device", "somewhere")


def full_database(*_):
    raise sqlite3.OperationalError("database or disk is full")


def readonly(*_):
    told = Exception("attempt to write a readonly database")
    raise OperationalError("insert …", {}, told)


@pytest.mark.parametrize(
    ("where", "name", "broken", "said"),
    [
        (Journal, "keep", full_database, "database or disk is full"),
        (Journal, "note_recorded", full_database, "disk is full"),
        (gradebook, "record", readonly, "attempt to write a readonly"),
        (ClassRun, "_write", full, "No space left on device (somewhere)"),
    ],
)
def test_what_cannot_be_written_is_said_and_the_next_run_finishes(
    here, refused, monkeypatch, where, name, broken, said
):
    with monkeypatch.context() as patch:
        patch.setattr(where, name, broken)
        told = refused("autograde", LESSON)
    assert said in told and "run this again" in told
    assert refused.status == 2
    assert command.main(["autograde", LESSON]) == 0
    with Journal(here) as journal:
        assert len(list(journal.recorded(LESSON))) == 1
