"""From a roster to the tables of a class, and to each one's feedback."""

import csv
import re

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader import one_exercise, roster
from grader.sheets import NotOurs
from grader.submissions import Graded
from tests.end_to_end.course import Course

LESSON = "07_self_attention"
ROSTER = (
    "\ufeffid;last_name;first_name;email\n"
    'ann;"Ärger, Dr.";Ann;ann@example.org\nzoe;=cmd();Zoe;\ngone;Gone;;\n'
)
NAMES = {
    "dot_product_scores": "1.0",
    "softmax": "2.0",
    "attention_weights": "2.0",
    "weighted_values": "1.0",
    "self_attention": "3.0",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Ann has solved everything, and nobody has read her words yet."""
    course = Course(tmp_path_factory.mktemp("course"), LESSON)
    course.nbgrader("generate_assignment", LESSON)
    (course.root / "class.csv").write_text(ROSTER, "utf-8")
    course.submit("ann", course.solved())
    course.submit("zoe", course.empty())
    for command in (
        ("import-roster", "class.csv"),
        ("autograde", LESSON),
        ("report", LESSON),
    ):
        ran = course.grader(*command)
        assert ran.returncode == 0, ran.stderr
    for command in (["export"], ["generate_feedback", LESSON]):
        ran = course.nbgrader(*command)
        assert ran.returncode == 0, ran.stderr
    return course


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def test_a_row_a_student_and_a_column_an_exercise(course):
    rows = table(course.root / f"{LESSON}-grades.csv")
    assert rows["ann"] == {
        "student_id": "ann",
        "last_name": "Ärger, Dr.",
        "first_name": "Ann",
        **NAMES,
        "why-rows": "",
        "late_penalty": "0.0",
        "score": "9.0",
        "max_score": "11.0",
        "incomplete": "yes",
    }
    assert rows["zoe"]["last_name"] == "'=cmd()"
    assert rows["zoe"]["incomplete"] == ""
    assert rows["zoe"]["why-rows"] == "0.0"
    assert rows["gone"]["score"] == ""
    assert rows["gone"]["incomplete"] == "nothing handed in"


def test_what_is_exported_says_what_is_not_final(course):
    rows = table(course.root / "grades.csv")
    assert rows["ann"]["last_name"] == "Ärger, Dr."
    assert rows["ann"]["score"] == "9.0"
    assert [rows[n]["incomplete"] for n in ("ann", "zoe")] == ["yes", ""]
    assert rows["gone"]["score"] == "0.0"


def test_feedback_names_the_exercises_and_what_is_not_read(course):
    page = course.feedback("ann")
    contents = page.partition('<div id="toc">')[2].partition("</div>")[0]
    links = re.findall(r'<a href="#[^"]+">([^<]+)</a>', contents)
    assert links == [*NAMES, "why-rows"]
    assert "2 of the points are not given yet" in page
    assert "not given yet" not in course.feedback("zoe")
    assert "max-width: 100%" in page


def test_a_roster_changes_names_and_keeps_marks(course):
    path = course.root / "again.csv"
    text = "id,first_name,last_name\nzoe,Zoë,gnp\u202eexe\nnew,را\u200cم,New\n"
    path.write_text(text, "utf-8")
    ran = course.grader("import-roster", "again.csv")
    assert ran.stdout == "entered: 2 students\n"
    url = f"sqlite:///{course.root / 'gradebook.db'}"
    with Gradebook(url, "attention-by-hand") as book:
        assert book.find_student("zoe").first_name == "Zoë"
        # Formgrader shows names as they are kept.
        assert book.find_student("zoe").last_name == r"gnp\u202eexe"
        assert book.find_student("new").first_name == "را\u200cم"
        assert book.find_submission(LESSON, "ann").score == 9


@pytest.mark.parametrize(
    "text",
    [b"", b"id\n", b"name,mail\na,b\n", b"\xff\xfe\x00", b"id,x\n ,y\n"],
)
def test_what_is_no_roster_is_said_to_be_none(tmp_path, text):
    path = tmp_path / "class.csv"
    path.write_bytes(text)
    with pytest.raises(NotOurs, match=r"class\.csv"):
        roster.enter(None, path)
    with pytest.raises(NotOurs, match=r"gone\.csv"):
        roster.enter(None, tmp_path / "gone.csv")


def test_one_exercise_is_graded_alone(course):
    """Others keep their marks, and their outputs in the notebook."""
    url = f"sqlite:///{course.root / 'gradebook.db'}"
    with Gradebook(url, "attention-by-hand") as book:
        for name in ("softmax-check", "self_attention-check"):
            grade = book.find_grade(name, LESSON, LESSON, "ann")
            grade.auto_score, grade.needs_manual_grade = 0.5, False
        book.db.commit()
    ran = course.grader(
        *("autograde", LESSON, "--exercise", "self_attention.softmax"),
        *("--student", "ann"),
    )
    assert ran.returncode == 0, ran.stderr
    with Gradebook(url, "attention-by-hand") as book:
        (one,) = book.find_submission(LESSON, "ann").notebooks
        marks = {g.name: g.auto_score for g in one.grades}
    assert marks["softmax-check"] == 2
    assert marks["self_attention-check"] == 0.5
    assert course.autograded("ann").count(": right, in all") == 5
    ran = course.grader("autograde", LESSON, "--exercise", "nothing.here")
    assert ran.returncode == 1
    assert "has no exercise nothing.here" in ran.stderr
    ran = course.grader("autograde", LESSON, "--student", "ann")
    assert "1 graded, 0 unchanged" in ran.stderr or "entered now" in ran.stderr
    with Gradebook(url, "attention-by-hand") as book:
        assert book.find_submission(LESSON, "ann").score == 9


def test_a_verdict_in_which_one_exercise_is_another():
    def graded(score, said):
        cells = [
            nbformat.v4.new_code_cell(
                "x",
                metadata={"nbgrader": {"grade_id": name}},
                outputs=[nbformat.v4.new_output("stream", text=said)],
            )
            for name in ("a", "b")
        ]
        return Graded(
            scores={"a": score, "b": score},
            findings=[{"cell": n, "message": said} for n in ("a", "b")],
            notebook=nbformat.writes(nbformat.v4.new_notebook(cells=cells)),
        )

    came = one_exercise.merged(graded(0, "old"), graded(1, "new"), {"b"})
    assert came.scores == {"a": 0, "b": 1}
    assert [f["message"] for f in came.findings] == ["old", "new"]
    nb = nbformat.reads(came.notebook, 4)
    assert [c.outputs[0].text for c in nb.cells] == ["old", "new"]
