"""The report on a class that was made up: who came to what."""

import csv
import json
from collections import namedtuple
from html.parser import HTMLParser

import pytest

from byhand.bank import find
from grader import report
from grader.submissions import Graded

LESSON = "07_self_attention"
SCORES = "self_attention.dot_product_scores"
SOFTMAX = "self_attention.softmax"
OVERFLOWS = find(SOFTMAX).misconceptions[0]
NOT_RIGHT = f"{SOFTMAX}: not right yet.\nCase 1"
NOT_WRITTEN = f"{SOFTMAX}: not written yet.\nPut your code"


def finding(exercise, message="", misconception="", part=None):
    return {
        "cell": f"{exercise.partition('.')[2]}-{part or 'check'}",
        "exercise": exercise,
        "part": part,
        "points": 0.0 if message else 1.0,
        "most": 1.0,
        "misconception": misconception,
        "message": message,
    }


def graded(message="", misconception="", **more):
    """Right in the first exercise; what is said of the second."""
    return Graded(
        findings=[finding(SCORES), finding(SOFTMAX, message, misconception)],
        **more,
    )


def unreadable(problem):
    return Graded(
        findings=[finding(SCORES, problem), finding(SOFTMAX, problem)],
        problem=problem,
    )


CLASS = [
    ("ann", graded()),
    ("ben", graded(NOT_RIGHT, OVERFLOWS.name)),
    ("cem", graded(NOT_RIGHT, OVERFLOWS.name)),
    ("dot", graded(NOT_RIGHT)),
    ("eve", graded(NOT_WRITTEN)),
    ("fay", graded(NOT_WRITTEN)),
    ("gus", graded(NOT_WRITTEN)),
    ("hal", graded(NOT_RIGHT, "library call")),
    ("ida", unreadable("It is empty.")),
    ("joe", graded(stopped=["a cell: stopped after 60 s"] * 2)),
]
WAITING = {"ann", "joe"}


class Page(HTMLParser):
    """What stands in a page: its text, its elements, their attributes."""

    def __init__(self, html):
        super().__init__()
        self.texts, self.tags, self.values = [], [], []
        self.feed(html)
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.values += [value for _, value in attrs]

    def handle_data(self, data):
        self.texts.append(data)


def written(root, graded=CLASS, waiting=WAITING):
    html, table = report.write(root, LESSON, graded, waiting)
    with open(table, newline="", encoding="utf-8") as file:
        return Page(html.read_text("utf-8")), list(csv.DictReader(file))


def test_lines_count_who_came_to_what():
    scores, softmax = report.lines(CLASS)
    assert (scores.right, scores.total) == (9, 10)
    assert (softmax.right, softmax.total) == (2, 10)
    assert softmax.outcomes == {
        report.RIGHT: ["ann", "joe"],
        OVERFLOWS.name: ["ben", "cem"],
        report.UNKNOWN: ["dot"],
        report.EMPTY: ["eve", "fay", "gus"],
        report.SHORT_CUT: ["hal"],
        report.UNREADABLE: ["ida"],
    }


def test_mistakes_come_first_by_number_then_what_is_none():
    _, softmax = report.lines(CLASS)
    assert [(name, len(who)) for name, _, who in softmax.wrong] == [
        (OVERFLOWS.name, 2),
        (report.UNKNOWN, 1),
        (report.SHORT_CUT, 1),
        (report.EMPTY, 3),
        (report.UNREADABLE, 1),
    ]


def test_every_outcome_has_a_meaning():
    _, softmax = report.lines(CLASS)
    meanings = {name: meaning for name, meaning, _ in softmax.wrong}
    assert meanings[OVERFLOWS.name] == OVERFLOWS.sentence
    assert all(meanings.values())


def test_parts_of_an_exercise_have_a_line_each():
    parts = [finding(SOFTMAX, part=p) for p in ("by rows", "by columns")]
    found = report.lines([("ann", Graded(findings=parts))])
    assert [line.name for line in found] == [
        f"{SOFTMAX} (by rows)",
        f"{SOFTMAX} (by columns)",
    ]


def test_an_exercise_that_is_no_more_is_reported_without_its_sentences(
    tmp_path,
):
    old = Graded(findings=[finding("gone.away", "gone.away: no.", "missed")])
    _, rows = written(tmp_path, [("ann", old)], set())
    assert [(r["outcome"], r["meaning"]) for r in rows] == [("missed", "")]


def test_who_needs_a_person():
    assert list(report.needs_a_person(CLASS, WAITING).values()) == [
        {"ida": "It is empty."},
        {"joe": "a cell: stopped after 60 s"},
        {"ann": "", "joe": ""},
    ]
    assert report.needs_a_person(CLASS[:8], set()) == {}


def test_who_was_graded_without_a_seal():
    assert report.needs_a_person([("kim", Graded(sealed=False))], set()) == {
        "Was graded without a seal": {"kim": ""}
    }


def test_the_page_says_it_all(tmp_path):
    page, _ = written(tmp_path)
    for said in (
        "10 submissions graded",
        f"{SCORES} 9 of 10",
        f"{SOFTMAX} 2 of 10",
        f"2 × {OVERFLOWS.name} {OVERFLOWS.sentence} ben , cem",
        "3 × not written Left as it was handed out. eve , fay , gus",
        "1 × Could not be read ida : It is empty.",
        "2 × Has an answer that waits for a person's mark ann joe",
    ):
        assert said in page.text


def test_the_page_needs_nothing_else(tmp_path):
    page, _ = written(tmp_path)
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not [v for v in page.values if v and "//" in v]


def test_the_page_of_a_class_without_mistakes(tmp_path):
    page, _ = written(tmp_path, CLASS[:1], set())
    assert "1 submission graded" in page.text
    assert f"{SOFTMAX} 1 of 1 none" in page.text
    assert "need a person None." in page.text


def test_the_table_says_it_all(tmp_path):
    _, rows = written(tmp_path)
    same = [r for r in rows if r["outcome"] == OVERFLOWS.name]
    assert [r["student"] for r in same] == ["ben", "cem"]
    assert same[0] == {
        "exercise": SOFTMAX,
        "outcome": OVERFLOWS.name,
        "meaning": OVERFLOWS.sentence,
        "count": "2",
        "of": "10",
        "student": "ben",
    }
    for exercise in (SCORES, SOFTMAX):
        of_it = [r["student"] for r in rows if r["exercise"] == exercise]
        assert sorted(of_it) == [student for student, _ in CLASS]
    people = [r for r in rows if r["exercise"] == "(needs a person)"]
    assert [r["student"] for r in people] == ["ida", "joe", "ann", "joe"]


def test_names_with_commas_and_signs_are_names(tmp_path):
    names = ["a, b", "gnp\u202eexe", "x/../y z"]
    page, rows = written(tmp_path, [(n, graded()) for n in names], {*names})
    assert [r["student"] for r in rows[:3]] == [
        "a, b", "gnp\\u202eexe", "x/../y z"
    ]  # fmt: skip
    assert "\u202e" not in page.text
    assert f"autograded/a%2C%20b/{LESSON}/{LESSON}.ipynb" in page.values


def test_a_test_cell_with_a_mark_by_hand_is_listed(tmp_path):
    Cell = namedtuple("Cell", "cell_type")
    Grade = namedtuple("Grade", "name manual_score cell")
    One = namedtuple("One", "student notebooks")
    Named, Notebook = (
        namedtuple("Named", "id"),
        namedtuple("Notebook", "grades"),
    )
    test, text = Cell("code"), Cell("markdown")
    grades = [
        Grade("softmax-check", 2.0, test),
        Grade("tf_idf-textbook", 1.0, test),
        Grade("why-rows", 1.0, text),
        Grade("self_attention-check", None, test),
    ]
    found = report.marked_tests([One(Named("eve"), [Notebook(grades)])])
    assert found == {"eve": "softmax-check 2, tf_idf-textbook 1"}
    assert report.needs_a_person([], set(), found) == {
        "Has a test cell with a mark by hand": found
    }


HOSTILE = (
    "<script>alert(1)</script>",
    "</details></html><img src=x onerror=alert(1)>",
    "{{ lesson }}",
    "&lt;",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_on_the_page(name, tmp_path):
    answers = graded(NOT_RIGHT, name, stopped=[name])
    page, _ = written(tmp_path, [(name, answers)], {name})
    tame, _ = written(
        tmp_path, [("ann", graded(NOT_RIGHT, "x", stopped=["y"]))]
    )
    assert page.tags == tame.tags
    assert page.text.count(name) == 5


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@sum", "\tx", "\rx"])
def test_a_name_is_no_formula_in_the_table(name, tmp_path):
    class_of_two = [("ann", graded()), (name, graded(NOT_RIGHT, name))]
    _, rows = written(tmp_path, class_of_two, {name})
    cells = [cell for row in rows for cell in row.values()]
    assert not [c for c in cells if c.startswith(name[0])]
    assert [r["student"] for r in rows if r["outcome"] == f"'{name}"] == [
        f"'{name}"
    ]
    assert [r["student"] for r in rows[:2]] == ["ann", f"'{name}"]


def test_the_same_class_gives_the_same_files(tmp_path):
    files = []
    for root in (tmp_path / "one", tmp_path / "two"):
        root.mkdir()
        made = report.write(root, LESSON, CLASS, WAITING)
        files.append([path.read_bytes() for path in made])
    assert files[0] == files[1]


def submission(code):
    cell = {"cell_type": "code", "source": [f"{code}\n", "# end"]}
    return json.dumps({"cells": [{"source": "text"}, cell]})


def unforeseen(does, code):
    made = graded(NOT_RIGHT, notebook=submission(code))
    made.findings[1]["behaviour"] = does
    return made


def test_mistakes_that_nobody_foresaw_are_grouped_by_what_they_do(tmp_path):
    one, other = "def softmax(z):\n  return z", "def softmax(a):\n  return a"
    graded_class = [
        ("ann", unforeseen("a", "def softmax(z): return 1")),
        ("ben", unforeseen("b", one)),
        ("cem", unforeseen("b", other)),
        ("dot", unforeseen("", "<b>softmax</b>")),
        ("eve", graded(NOT_RIGHT)),  # graded before this was noted
    ]
    (_, line) = report.lines(graded_class)
    assert [students for _, students in line.unforeseen] == [
        ["ben", "cem"],
        ["ann"],
        ["dot"],
        ["eve"],
    ]
    assert line.unforeseen[0][0] == f"{one}\n# end"
    page, _ = written(tmp_path, graded_class, set())
    assert "2 × did the same: ben, cem def softmax(z): return z" in page.text
    assert "return a" not in page.text
