"""Hostile submissions among honest ones, graded by our command as a class."""

from html.parser import HTMLParser

import nbformat
import pytest

from authoring.paths import lesson_path
from grader import attacks
from grader.attacks import LESSON, LOOT
from grader.sealed import what_is_missing
from tests.end_to_end.course import Course

KNOWN = attacks.load()
# Those that aim at what a class run does with files, names and texts.
ON_FILES = [
    *("clashing_names", "deep_folders", "early_timestamp", "many_files"),
    *("lone_surrogates", "pipe_for_notebook", "shadowing_configuration"),
    *("shadowing_modules", "sparse_files", "terminal_escapes"),
    *("tests_deleted", "tests_doubled", "wire_odd_errors"),
    "lost_attachment",
]
ON_FILES += [
    name
    for name in KNOWN
    if name.startswith(("file_", "link_", "scripts_", "odd_", "long_"))
]

pytestmark = pytest.mark.skipif(
    bool(what_is_missing()), reason=f"cannot seal: {what_is_missing()}"
)


@pytest.fixture(scope="module")
def hostile_class(tmp_path_factory):
    """A class of attackers, and Ann and Zoe, graded by our command."""
    course = Course(tmp_path_factory.mktemp("course"), LESSON)
    course.nbgrader("generate_assignment", LESSON)
    for name in ON_FILES:
        empty = nbformat.read(lesson_path(LESSON), as_version=4)
        KNOWN[name].hand_in(empty, course.folder(f"m_{name}"))
    course.submit("ann", course.solved())
    course.submit("zoe", course.solved())
    course.ran = course.grader("autograde", LESSON)
    return course


def test_nobody_stops_the_batch(hostile_class):
    assert hostile_class.ran.returncode == 0, hostile_class.ran.stderr
    scores = hostile_class.scores()
    assert len(scores) == len(ON_FILES) + 2
    for student, marks in scores.items():
        expected = 9 if student in ("ann", "zoe") else 0
        assert sum(marks.values()) == expected, student


def test_terminals_are_left_alone(hostile_class):
    said = hostile_class.ran.stdout + hostile_class.ran.stderr
    assert "\x1b[2J" not in said
    assert len(said) < 20_000


# --- pages of theirs -------------------------------------------------------


class Scripts(HTMLParser):
    """Collects whatever in a page would run what a learner wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.found, self.inside = [], ""

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            harmful = ("javascript:", "data:text", "vbscript:")
            if name.startswith("on") or address.startswith(harmful):
                self.found.append((tag, name, value))

    def handle_data(self, data):
        if self.inside == "script" and (LOOT in data or "alert(1)" in data):
            self.found.append((self.inside, data))

    def handle_endtag(self, tag):
        self.inside = ""


def scripts(page: str) -> list:
    reader = Scripts()
    reader.feed(page)
    return reader.found


def test_a_script_is_found():
    assert scripts(f"<script>'{LOOT}'</script>")
    assert scripts('<img src=x onerror="alert(1)">')
    assert scripts('<a href="java\nscript:alert(1)">')
    assert not scripts("<p>alert(1)</p>")


def test_there_is_a_page_and_no_script_in_it(hostile_class):
    for name in (
        *("scripts_in_text", "scripts_in_outputs"),
        *("file_missing", "lost_attachment"),
    ):
        student = f"m_{name}"
        made = hostile_class.nbgrader(
            "generate_feedback", LESSON, f"--student={student}"
        )
        assert made.returncode == 0, made.stderr
        assert scripts(hostile_class.feedback(student)) == []
