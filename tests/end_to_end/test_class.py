"""A class of ten, graded by plain nbgrader; the marks worked out by hand.

Lesson 07 gives 1 (dot_product_scores) + 2 (softmax) + 2 (attention_weights)
+ 1 (weighted_values) + 3 (self_attention) = 9 points automatically, and 2
more that a person gives.
"""

import csv
import json

import pytest

from authoring import paths
from tests.end_to_end.course import Course

LESSON = "07_self_attention"

LOOPS = {
    "dot_product_scores": (
        "def dot_product_scores(Q, K):\n"
        "    return [[sum(a * b for a, b in zip(q, k)) for k in K]"
        " for q in Q]\n"
    ),
    "softmax": (
        "from scipy.special import logsumexp\n\n\n"
        "def softmax(z, axis=-1):\n"
        "    return np.exp(z - logsumexp(z, axis=axis, keepdims=True))\n"
    ),
    "attention_weights": (
        "def attention_weights(Q, K):\n"
        "    rows = []\n"
        "    for q in Q:\n"
        "        rows.append(softmax(K @ q / len(q) ** 0.5))\n"
        "    return np.array(rows)\n"
    ),
    "weighted_values": (
        "def weighted_values(weights, V):\n"
        "    return np.einsum('nm,md->nd', weights, V)\n"
    ),
    "self_attention": (
        "def self_attention(X, W_q, W_k, W_v):\n"
        "    w = attention_weights(X @ W_q, X @ W_k)\n"
        "    return [weighted_values(w, X @ W_v), w]\n"
    ),
}
OVERFLOWS = (
    "def softmax(z, axis=-1):\n"
    "    e = np.exp(z)\n"
    "    return e / e.sum(axis=axis, keepdims=True)\n"
)
UNSCALED = (
    "def attention_weights(Q, K):\n"
    "    return softmax(dot_product_scores(Q, K))\n"
)
ENDLESS = "def weighted_values(weights, V):\n    while True:\n        pass\n"
WARNS = (
    "import sys\nimport warnings\n\n\n"
    "def weighted_values(weights, V):\n"
    "    warnings.warn('careful')\n"
    "    print('note', file=sys.stderr)\n"
    "    return np.asarray(weights) @ V\n\n\n"
    "0.5\n"
)


def tampered(course):
    """Solved, but its test cells are edited, deleted and doubled."""
    nb = course.solved(
        **{
            "softmax-check".replace("-", "__"): "0.25",
            "self_attention-check".replace("-", "__"): "False",
        }
    )
    place = {
        cell.metadata.get("nbgrader", {}).get("grade_id"): i
        for i, cell in enumerate(nb.cells)
    }
    double = nb.cells[place["dot_product_scores-check"]].copy()
    double.id = "double"
    nb.cells.insert(place["dot_product_scores-check"] + 1, double)
    del nb.cells[place["weighted_values-check"] + 1]
    return nb


def forged(course):
    """Empty, but its test cells were edited to print that all is well."""
    return course.empty(
        **{
            f"{name}__check": f"print('{name}: right, in all cases.')"
            for name in LOOPS
        }
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("class"), LESSON)
    made = course.nbgrader("generate_assignment", LESSON)
    assert made.returncode == 0, made.stderr
    stranger = paths.lesson_path("00_start_here").read_text("utf-8")
    course.submit("solved", course.solved())
    course.submit("empty", course.empty())
    course.submit(
        "half",
        course.empty(
            dot_product_scores=LOOPS["dot_product_scores"],
            softmax=LOOPS["softmax"],
        ),
    )
    course.submit("overflows", course.solved(softmax=OVERFLOWS))
    course.submit("unscaled", course.solved(attention_weights=UNSCALED))
    course.submit("loops", course.solved(**LOOPS))
    course.submit("broken", '{"cells": [')
    course.submit("stranger", stranger)
    course.submit("tampered", tampered(course))
    course.submit("forged", forged(course))
    # And two that are slow or noisy.
    course.submit("endless", course.solved(weighted_values=ENDLESS))
    course.submit("warns", course.solved(weighted_values=WARNS))
    course.graded = course.nbgrader("autograde", LESSON)
    fed_back = course.nbgrader("generate_feedback", LESSON)
    assert fed_back.returncode == 0, fed_back.stderr
    return course


# Worked out by hand before nbgrader ran; see the top of this file.
MARKS = {
    "solved": 9,
    "empty": 0,
    "half": 1 + 2,
    "overflows": 9 - 2,
    "unscaled": 9 - 2,
    "loops": 9,
    "broken": 0,
    "stranger": 0,
    "tampered": 9,
    "forged": 0,
    "endless": 9 - 1,
    "warns": 9,
}


@pytest.mark.parametrize("student", MARKS)
def test_the_marks_are_those_worked_out_by_hand(course, student):
    assert sum(course.scores()[student].values()) == MARKS[student]


def test_a_broken_notebook_is_told_why(course):
    assert "2 × a notebook that cannot be graded" in course.graded.stderr
    assert sum(course.scores()["broken"].values()) == 0
    assert "cannot be read as a notebook" in course.feedback("broken")


def test_the_sentence_stands_in_the_feedback(course):
    html = course.feedback("unscaled")
    assert "these are the weights without the division by √d_k." in html
    assert "data:image/png" in html  # and the pictures are in the page


def test_feedback_shows_no_frame_of_our_code(course):
    assert "byhand/check.py" not in course.feedback("overflows")


def test_a_question_for_a_person_waits_for_one(course):
    from nbgrader.api import Gradebook

    database = f"sqlite:///{course.root / 'gradebook.db'}"
    with Gradebook(database, "attention-by-hand") as gradebook:
        waiting = {
            s.student.id: s.needs_manual_grade
            for s in gradebook.assignment_submissions(LESSON)
        }
    assert waiting["solved"]
    assert not waiting["empty"]


def test_export_gives_the_same_marks(course):
    ran = course.nbgrader("export")
    assert ran.returncode == 0, ran.stderr
    with open(course.root / "grades.csv", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    for student, mark in MARKS.items():
        assert float(rows[student]["raw_score"]) == mark
        assert float(rows[student]["max_score"]) == 11


def test_generating_again_keeps_a_lesson_that_was_written_in(
    tmp_path_factory,
):
    course = Course(tmp_path_factory.mktemp("kept"), LESSON)
    path = course.root / "lessons" / LESSON / f"{LESSON}.ipynb"
    nb = json.loads(path.read_text("utf-8"))
    nb["cells"][1]["source"] = ["my_own = 1"]
    path.write_text(json.dumps(nb), "utf-8")
    ran = course.nbgrader("generate_assignment", LESSON)
    assert "Skipping existing assignment" in ran.stderr
    assert "my_own = 1" in path.read_text("utf-8")
