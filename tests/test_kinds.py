"""Results of every kind: checked, told apart, graded, and shown in feedback.

For each sort an exercise of tests/exercises/proof.py, from end to end.
"""

import inspect
import sys

import nbconvert
import nbformat
import numpy as np
import pytest
import torch

from byhand import CheckFailed, bank, check, results
from byhand.exercise import Listed
from byhand.results import Unusable
from grader.judging import Options, grade, opened
from grader.session import TimeLimits
from grader.submissions import Release, SourceCell, Submission
from tests import gates
from tests.exercises import proof

NAMES = [e.id for e in proof.EXERCISES]
SHORT = Options(limits=TimeLimits(cell=5, notebook=60, patience=1))


@pytest.fixture(autouse=True)
def in_the_bank(monkeypatch):
    monkeypatch.setitem(sys.modules, "byhand.exercises.proof", proof)
    slugs = bank.slugs()
    monkeypatch.setattr(bank, "slugs", lambda: [*slugs, "proof"])


def message(name, answer):
    with pytest.raises(CheckFailed) as failed:
        check(name, answer)
    return str(failed.value)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(5))
def test_the_gates_hold(name, seed):
    exercise = bank.find(name)
    assert gates.mutation(exercise, seed) == []
    assert gates.right_forms(exercise, proof.FORMS[name], seed) == []


def test_text_is_the_same_or_infinitely_far():
    split = bank.find("proof.split")
    assert gates.distance(split, proof.tokenise, 0) == 0
    assert gates.distance(split, lambda text: [text], 0) == np.inf
    assert gates.distance(split, lambda text: 1 / 0, 0) == np.inf


# --- what a learner reads --------------------------------------------------

FIRST = "Oh no! "


def test_a_wrong_token_is_shown_where_it_stands():
    text = message(
        "proof.split",
        lambda text: [t if t != "!" else "?" for t in proof.tokenise(text)],
    )
    assert "tokens = ['Oh', 'no', '!', " in text
    assert "tokens = ['Oh', 'no', '?', " in text
    assert "First difference: tokens[2] should be '!'; yours is '?'." in text
    assert "Missing: '!'." in text
    assert "Too many: '?'." in text
    assert "It holds that no token is empty." in text


def test_a_list_that_is_too_short_or_too_long():
    short = message("proof.split", lambda text: proof.tokenise(text)[:-1])
    assert "tokens should have 5 entries; yours has 4. The first that is" in (
        short
    )
    long = message("proof.split", lambda text: [*proof.tokenise(text), "", ""])
    assert "yours has 7. The first that is too many is tokens[5], ''." in long
    assert "Too many: '' ×2." in long
    assert "It does not hold that no token is empty." in long


def test_another_order_is_said():
    text = message("proof.split", lambda text: sorted(proof.tokenise(text)))
    assert "The same entries, in another order." in text


def test_what_is_not_a_list_is_said():
    text = message("proof.split", lambda text: "abc")
    assert "tokens should be a list of 5; yours is the text 'abc'." in text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "returned None"),
        ({"a"}, "got a set, which has no order"),
        ((t for t in "ab"), "got a generator"),
        (["a", 2.0], "tokens[1] should be a text or a whole number; got"),
        (
            ["a", None],
            "tokens[1] should be a text or a number, or a list",
        ),
        (str.split, "so a pair of brackets may be missing."),
        (
            {"a": [object()]},
            "tokens['a'][0] should be a text or a number, or a ",
        ),
    ],
)
def test_what_is_no_text_is_said(value, said):
    assert said in message("proof.split", lambda text: value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"the": 1}, "First difference: ids['the'] should be"),
        ({"new": 9}, "ids should not have 'new'."),
        ({"the": "1"}, "; yours is the text '1'."),
        ({"the": True}, "; yours is True."),
    ],
)
def test_a_dict_is_compared_key_by_key(change, said):
    def wrong(tokens):
        ids = proof.enumerate_of(tokens) | change
        return ids, 8

    assert said in message("proof.vocabulary", wrong)


def test_a_key_that_is_missing_is_named():
    def wrong(tokens):
        ids = proof.enumerate_of(tokens)
        del ids["mat"]
        return ids, 8

    text = message("proof.vocabulary", wrong)
    assert "ids has no 'mat', which should be" in text
    assert "ids: Missing: 'mat'." in text


def test_how_many_values_is_said_for_text_too():
    text = message("proof.vocabulary", lambda tokens: {"a": 1})
    assert "It should return 2 values, (ids, size); got a dict." in text


def test_a_list_of_arrays_of_several_shapes():
    def half(grads, most):
        return [g / 2 for g in grads[:2]], proof.norm_of(grads)

    text = message("proof.clip", half)
    assert "clipped[0] = " in text
    assert "clipped should be a list of 3 arrays; yours has 2." in text
    text = message("proof.clip", lambda grads, most: (grads[0][0], 3.0))
    assert "clipped[0] should have shape (2, 3); yours has none" in text
    text = message("proof.clip", lambda grads, most: (None, 3.0))
    assert "clipped should be a list of arrays; got None." in text


def test_long_text_is_bounded():
    text = message(
        "proof.split", lambda text: [f"word{i}" for i in range(100_000)]
    )
    assert "… (100000 in all)" in text
    assert len(text) < 5_000
    text = message("proof.split", lambda text: ["x" * 10**6])
    assert len(text) < 5_000


def test_what_is_the_same_text():
    text = results.of("text")

    def read(value):
        return text.read(value, ("x",))["x"]

    assert read([1, [2, "a"]]) == read((1, [np.int32(2), np.str_("a")]))
    assert read(torch.tensor([[1, 2]])) == ((1, 2),)
    assert not text.identical({"x": read([1])}, {"x": read([True])})
    assert not text.identical({"x": "a"}, {"x": ("a",)})
    with pytest.raises(Unusable, match="float"):
        read(np.array([1.0]))


def test_an_unknown_kind_is_told_which_there_are():
    with pytest.raises(ValueError, match="'numbers' or 'text'; got 'sound'"):
        results.of("sound")


def test_a_listed_name_is_a_text():
    assert Listed("clipped") == "clipped"


# --- graded ----------------------------------------------------------------


def lesson(answers):
    """A release with a cell for each answer, and a submission of it."""
    cells, nb = [], nbformat.v4.new_notebook()
    nb.cells.append(nbformat.v4.new_code_cell("import numpy as np"))
    for exercise in proof.EXERCISES:
        name = exercise.function
        test = f'check("{exercise.id}", {name})'
        checks = dict(grade=True, solution=False, locked=True, points=2.0)
        given = dict(grade=False, solution=True, locked=False, points=None)
        for grade_id, source, more in (
            (name, "raise NotImplementedError()", given),
            (f"{name}-check", test, checks),
        ):
            cells.append(
                SourceCell(grade_id, "code", source, checksum="", **more)
            )
            cell = cells[-1].cell()
            if grade_id == name:
                cell.source = answers[name]
            nb.cells.append(cell)
    content = nbformat.writes(nb).encode()
    return (
        Submission("ann", proof.LESSON, {f"{proof.LESSON}.ipynb": content}),
        Release(proof.LESSON, tuple(cells)),
    )


RIGHT = {
    "split": "def split(text):\n"
    "    return text.replace('.', ' .').replace('!', ' !').split()",
    "vocabulary": "from collections import Counter\n\n"
    "def vocabulary(tokens):\n"
    "    ids = sorted(Counter(tokens).items(), key=lambda p: (-p[1], p))\n"
    "    return {word: i for i, (word, _) in enumerate(ids)}, 8",
    "pairs": "def pairs(ids):\n    return [*zip(ids, ids[1:])]",
    "clip": "def clip(grads, most):\n"
    "    norm = np.sqrt(sum(np.sum(g ** 2) for g in grads))\n"
    "    return [g * most / norm for g in grads], norm",
    "Total": inspect.getsource(proof.Total),
}
WRONG = {
    "split": "def split(text):\n    return text.split()",
    "vocabulary": RIGHT["vocabulary"].replace("word: i ", "word: i + 1 "),
    "pairs": "def pairs(ids):\n    return [*zip(ids[1:], ids)]",
    "clip": RIGHT["clip"].replace("most / norm ", "1 / norm "),
    "Total": RIGHT["Total"].replace("self.sum + x", "self.sum * x"),
}


def test_graded_inside_the_seal(nursery):
    submission, release = lesson(RIGHT)
    graded = grade(nursery, opened(submission), release, 3, SHORT)
    assert {f["message"] for f in graded.findings} == {""}
    assert sum(graded.scores.values()) == 2 * len(NAMES)


def test_a_wrong_answer_gets_its_sentence_in_the_feedback(nursery):
    submission, release = lesson(WRONG)
    graded = grade(nursery, opened(submission), release, 3, SHORT)
    assert sum(graded.scores.values()) == 0
    page, _ = nbconvert.HTMLExporter(
        template_name="basic", sanitize_html=True
    ).from_notebook_node(nbformat.reads(graded.notebook, as_version=4))
    known = ["at blanks", "from 1", "swapped", "to 1", "multiplies"]
    found = [f["misconception"] for f in graded.findings]
    assert found == known
    for name in known:
        assert f"you did this: {name}." in page


def test_a_dict_that_is_changed_in_place_is_noticed(nursery):
    answers = RIGHT | {
        "pairs": "def pairs(ids):\n    ids.append(3)\n    return []",
    }
    submission, release = lesson(answers)
    graded = grade(nursery, opened(submission), release, 3, SHORT)
    (said,) = (f["message"] for f in graded.findings if f["message"])
    assert "It changed its input ids in place." in said
