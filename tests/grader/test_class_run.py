"""Nothing stops a class, nothing is lost, nothing is done twice."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import psutil
import pytest
from nbgrader.api import Gradebook

from authoring.paths import ROOT
from grader import gradebook
from grader.journal import Journal
from grader.submissions import read
from tests.grader.courses import (
    LESSON,
    RIGHT,
    WRONG,
    contents,
    expected,
    graded_notebooks,
    graded_so_far,
    small_class,
    totals,
    wait_for,
)

SIZE = 10


@pytest.fixture(scope="module")
def entered(tmp_path_factory):
    """A class that has handed in, to be copied: nothing is graded yet."""
    return small_class(tmp_path_factory.mktemp("class") / "course", SIZE)


@pytest.fixture
def course(entered, tmp_path):
    return copied(entered, tmp_path / "course")


def copied(course, root):
    shutil.copytree(course.root, root)
    other = object.__new__(type(course))
    other.root, other.lesson = root, course.lesson
    return other


def configure(course, *lines):
    config = course.root / "nbgrader_config.py"
    config.write_text("\n".join([config.read_text(), *lines, ""]))


def start(course, *more):
    """Begin to grade, as a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "grader", "autograde", LESSON, *more],
        cwd=course.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def draw_for(*courses):
    """Give a class the same inputs in each, as if a run had begun there."""
    first, *others = (course.root for course in courses)
    with Journal(first) as journal:
        for folder in (first / "submitted").iterdir():
            handed_in = read(folder / LESSON, folder.name, LESSON)
            journal.seed(handed_in.digest())
    for other in others:
        shutil.copytree(first / ".grading", other / ".grading")


def test_nbgraders_command_and_ours_give_the_same(entered, tmp_path):
    one = copied(entered, tmp_path / "one")
    other = copied(entered, tmp_path / "other")
    draw_for(one, other)
    ran = one.nbgrader("autograde", LESSON)
    assert ran.returncode == 0, ran.stderr
    ran = other.grader("autograde", LESSON, "--jobs", "2")
    assert ran.returncode == 0, ran.stderr
    assert totals(one) == expected(SIZE)
    assert contents(one) == contents(other)
    assert graded_notebooks(one) == graded_notebooks(other)
    again = other.grader("autograde", LESSON)
    assert f"0 graded, {SIZE} unchanged" in again.stderr


def test_whoever_comes_later_gets_other_inputs(tmp_path):
    """Those of one run share theirs, and a second grading changes nothing."""
    with Journal(tmp_path) as journal:
        first = journal.seed("first")
        assert journal.seed("beside it") == first
    with Journal(tmp_path) as journal:
        assert journal.seed("later") != first == journal.seed("first")


def test_formgraders_button_does_the_same(course):
    code = (
        "from nbgrader.apps import NbGrader, NbGraderAPI\n"
        "app = NbGrader()\n"
        "app.initialize([])\n"
        "api = NbGraderAPI(config=app.config)\n"
        f"result = api.autograde({LESSON!r}, 'learner00')\n"
        "assert result['success'], result\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=course.root,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 0, ran.stderr
    assert totals(course) == {"learner00": 1}
    with Journal(course.root) as journal:
        assert [student for student, _ in journal.recorded(LESSON)] == [
            "learner00"
        ]


def ours_alive(course):
    """Processes that were started for this course and still run."""
    found = []
    for process in psutil.process_iter(["pid"]):
        try:
            if process.cwd() == str(course.root):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_a_killed_run_leaves_nothing_running_and_goes_on(course):
    with start(course) as process:
        wait_for(lambda: graded_so_far(course) > 0)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert 0 < graded_so_far(course) < SIZE
    wait_for(lambda: not ours_alive(course))
    with start(course) as ran:
        assert ran.wait() == 0, ran.stderr.read()
    assert totals(course) == expected(SIZE)


def test_killed_at_twenty_moments(entered, tmp_path, cluster):
    """On a cluster whose lanes are warm, so that moments lie in the work."""
    undisturbed = copied(entered, tmp_path / "undisturbed")
    rounds = [copied(entered, tmp_path / f"killed{n}") for n in range(5)]
    draw_for(undisturbed, *rounds)
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "tests.grader.killing", cluster.address),
            *(LESSON, str(undisturbed.root)),
            *(str(course.root) for course in rounds),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    killed, finished = map(int, ran.stdout.split())
    assert killed + finished == 20
    assert killed >= 10  # most moments lay where something was being done
    assert totals(undisturbed) == expected(SIZE)
    for course in rounds:
        assert contents(course) == contents(undisturbed)
        assert graded_notebooks(course) == graded_notebooks(undisturbed)
        with Journal(course.root) as journal:
            assert len(list(journal.recorded(LESSON))) == SIZE


def test_two_graders_at_once_grade_each_once(course):
    one, other = start(course), start(course)
    said = [process.communicate()[1] for process in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0), said
    assert totals(course) == expected(SIZE)
    assert sum(f"{SIZE} graded" in text for text in said) == 1
    assert sum(f"{SIZE} unchanged" in text for text in said) == 1


def test_a_locked_gradebook_is_waited_for(course):
    lock = sqlite3.connect(course.root / "gradebook.db", timeout=60)
    lock.execute("begin exclusive")
    process = start(course)
    time.sleep(8)
    assert process.poll() is None
    lock.rollback()
    lock.close()
    _, said = process.communicate()
    assert process.returncode == 0, said
    assert totals(course) == expected(SIZE)


def test_waiting_for_the_gradebook_ends(monkeypatch):
    from sqlalchemy.exc import OperationalError

    monkeypatch.setattr(gradebook, "PATIENCE", 0.3)
    monkeypatch.setattr(gradebook, "_PAUSE", 0.1)
    said, undone = [], []

    def act():
        raise OperationalError("x", {}, Exception("database is locked"))

    with pytest.raises(gradebook.Locked, match="was locked for"):
        gradebook.patiently(act, said.append, lambda: undone.append(1))
    assert len(said) == 1 and len(undone) > 1


def test_marks_of_a_person_stay_and_what_changed_is_graded_again(course):
    ran = course.grader("autograde", LESSON)
    assert ran.returncode == 0, ran.stderr
    url = f"sqlite:///{course.root / 'gradebook.db'}"
    with Gradebook(url, "attention-by-hand") as book:
        grade = book.find_grade("average-check", LESSON, LESSON, "learner00")
        grade.manual_score = 0.25
        book.db.commit()
    for student in ("learner00", "learner02"):
        nb = course.empty(average=f"{WRONG}# {student}")
        course.submit(student, nb)
    ran = course.grader("autograde", LESSON)
    assert f"2 graded, {SIZE - 2} unchanged" in ran.stderr
    ((name, automatic, manual, waits),) = contents(course)["learner00"][0]
    assert (name, automatic, manual, waits) == ("average-check", 0, 0.25, True)
    assert totals(course)["learner02"] == 0
    ran = course.grader("autograde", LESSON, "--force", "--student", "*03")
    assert "1 graded, 0 unchanged" in ran.stderr


def test_a_gradebook_that_is_made_anew_is_filled_again(course):
    ran = course.grader("autograde", LESSON)
    assert ran.returncode == 0, ran.stderr
    (course.root / "gradebook.db").unlink()
    course.nbgrader("generate_assignment", LESSON)
    ran = course.grader("autograde", LESSON)
    assert "0 graded, 0 unchanged" in ran.stderr
    assert f"{SIZE} had been graded before" in ran.stderr
    assert totals(course) == expected(SIZE)


def test_files_beside_the_lesson_are_the_instructors(course):
    (course.root / "solutions" / LESSON / "numbers.txt").write_text("1 2 3")
    reads = (
        "text = open('numbers.txt').read()\n\n"
        "def average(numbers):\n"
        "    return sum(numbers) / len(numbers) if text == '1 2 3' else 0\n"
    )
    course.submit("learner01", course.empty(average=reads))
    (course.folder("learner01") / "numbers.txt").write_text("forged")
    ran = course.grader("autograde", LESSON, "--student", "learner01")
    assert ran.returncode == 0, ran.stderr
    assert totals(course) == {"learner01": 1}
    kept = course.root / "autograded" / "learner01" / LESSON / "numbers.txt"
    assert kept.read_text() == "1 2 3"


@pytest.mark.parametrize("name", ["anna[late]", "a*", "b ä'c"])
def test_every_learner_gets_feedback(course, name):
    """Whatever their name is, and whatever else lies in their folder."""
    course.submit(name, course.empty(average=RIGHT))
    for other in ("scratch", f"{LESSON}-Copy1"):
        shutil.copy(
            course.folder(name) / f"{LESSON}.ipynb",
            course.folder(name) / f"{other}.ipynb",
        )
    ran = course.grader("autograde", LESSON)
    assert ran.returncode == 0, ran.stderr
    assert totals(course)[name] == 1
    ran = course.nbgrader("generate_feedback", LESSON)
    assert ran.returncode == 0, ran.stderr
    folder = course.root / "feedback" / name / LESSON
    assert os.listdir(folder) == [f"{LESSON}.html"]
    page = (folder / f"{LESSON}.html").read_text("utf-8")
    assert "<script src" not in page and "<link" not in page


def test_late_work_costs_what_nbgrader_says(course):
    configure(course, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    url = f"sqlite:///{course.root / 'gradebook.db'}"
    with Gradebook(url, "attention-by-hand") as book:
        book.update_or_create_assignment(
            LESSON, duedate="2026-01-01 00:00:00 UTC"
        )
    stamp = course.folder("learner00") / "timestamp.txt"
    stamp.write_text("2026-01-02 00:00:00 UTC")
    ran = course.grader("autograde", LESSON)
    assert ran.returncode == 0, ran.stderr
    with Gradebook(url, "attention-by-hand") as book:
        late = book.find_submission(LESSON, "learner00")
        assert late.late_submission_penalty == 1
        on_time = book.find_submission(LESSON, "learner02")
        assert not on_time.late_submission_penalty
        book.update_or_create_assignment(
            LESSON, duedate="2026-01-03 00:00:00 UTC"
        )
    ran = course.grader("autograde", LESSON)
    assert f"0 graded, {SIZE} unchanged" in ran.stderr
    with Gradebook(url, "attention-by-hand") as book:
        in_time = book.find_submission(LESSON, "learner00")
        assert not in_time.late_submission_penalty


def test_strangers_are_not_entered_where_nbgrader_is_told_so(course):
    configure(course, "c.Autograde.create_student = False")
    (course.root / "class.csv").write_text("id\nlearner00\nlearner02\n")
    ran = course.grader("import-roster", "class.csv")
    assert ran.returncode == 0, ran.stderr
    ran = course.grader("autograde", LESSON)
    assert ran.returncode == 1
    assert "NOT graded: learner01: the gradebook has no such" in ran.stderr
    assert totals(course) == {"learner00": 1, "learner02": 1}


def test_nbgraders_hooks_are_called(course):
    (course.root / "hooks.py").write_text(
        "from pathlib import Path\n\n\n"
        "def before(assignment, student, notebooks):\n"
        "    note('before', student, notebooks)\n\n\n"
        "def after(assignment, student, notebooks):\n"
        "    note('after', student, notebooks)\n\n\n"
        "def note(what, student, notebooks):\n"
        "    there = Path(notebooks[0]).exists()\n"
        "    with open('called.txt', 'a') as file:\n"
        "        print(what, student, there, file=file)\n"
    )
    configure(
        course,
        "import sys; sys.path.insert(0, '.'); import hooks",
        "c.BaseConverter.pre_convert_hook = hooks.before",
        "c.BaseConverter.post_convert_hook = hooks.after",
    )
    ran = course.grader("autograde", LESSON, "--student", "*00")
    assert ran.returncode == 0, ran.stderr
    assert (course.root / "called.txt").read_text() == (
        "before learner00 False\nafter learner00 True\n"
    )


def test_without_a_seal_it_says_so_in_the_gradebook(course):
    ran = course.grader("autograde", LESSON, "--unsealed")
    assert ran.returncode == 0, ran.stderr
    assert totals(course) == expected(SIZE)
    comments = contents(course)["learner00"][1]
    assert comments == [("average", "Graded without a seal.")]


def test_where_nothing_can_be_sealed_nothing_is_graded(course):
    nowhere = {"PATH": str(course.root)}
    ran = subprocess.run(
        [sys.executable, "-m", "grader", "autograde", LESSON],
        cwd=course.root,
        capture_output=True,
        text=True,
        env={**os.environ, **nowhere, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 1
    assert "bubblewrap is not installed" in ran.stderr
    assert "--unsealed" in ran.stderr
    assert contents(course) == {}
