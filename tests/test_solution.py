"""The model answer, for whoever has one of their own."""

import shutil
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from authoring import paths
from byhand import CheckFailed, check, model_answer, solution
from byhand.bank import UnknownExercise, lessons
from tests import gates

EXERCISE = "self_attention.softmax"
EVERY = [e for group in lessons().values() for e in group]


@pytest.fixture(autouse=True)
def nothing_is_right_yet(monkeypatch):
    monkeypatch.setattr(sys.modules["byhand.check"], "_right", set())


def softmax(z, axis=-1):
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def test_before_an_answer_is_right_there_is_a_sentence(capsys):
    with pytest.raises(CheckFailed):
        check(EXERCISE, lambda z, axis=-1: z)
    assert solution(EXERCISE) is None
    assert "solve it first" in capsys.readouterr().out


def test_after_it_there_is_the_code(capsys):
    check(EXERCISE, softmax)
    shown = solution(EXERCISE)
    assert "def softmax(" in repr(shown) and "SOLUTION" not in repr(shown)
    assert "softmax" in shown._repr_html_()
    space = {"np": np}
    exec(repr(shown), space)
    np.testing.assert_allclose(
        space["softmax"](np.arange(3.0)), softmax(np.arange(3.0))
    )


def test_another_answer_that_is_right_shows_none(capsys):
    check(EXERCISE, softmax)
    assert solution("self_attention.dot_product_scores") is None


def test_all_parts_have_to_be_right(capsys):
    exercise = next(e for e in EVERY if len(e.parts) > 1)
    answer = gates.forms(exercise)[0]
    check(exercise.id, answer, part=exercise.parts[0])
    assert solution(exercise.id) is None
    check(exercise.id, answer)
    assert solution(exercise.id) is not None


@pytest.mark.parametrize("exercise", EVERY, ids=lambda e: e.id)
def test_every_exercise_has_one(exercise):
    code = model_answer.of(exercise)
    assert exercise.function in code
    assert "### " not in code
    compile(code, exercise.id, "exec")


def test_where_no_solved_notebook_is_it_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(model_answer, "SOLUTIONS", tmp_path)
    check(EXERCISE, softmax)
    assert solution(EXERCISE) is None
    assert "there is no model answer here" in capsys.readouterr().out


def test_an_unknown_id_is_told():
    with pytest.raises(UnknownExercise):
        solution("self_attention.sofmax")


def test_it_reads_the_notebooks_that_are_built():
    assert paths.ROOT / "solutions" == model_answer.SOLUTIONS


# --- in words --------------------------------------------------------------


@pytest.fixture
def learners(tmp_path, monkeypatch):
    """A learner's copy of lesson 7, where a kernel runs; writes into it."""
    path = tmp_path / "07_self_attention.ipynb"
    shutil.copy(paths.lesson_path("07_self_attention"), path)
    monkeypatch.chdir(tmp_path)

    def write(text):
        nb = nbformat.read(path, as_version=4)
        (cell,) = (
            c
            for c in nb.cells
            if c.metadata.get("nbgrader", {}).get("grade_id") == "why-rows"
        )
        cell.source = text
        nbformat.write(nb, path)

    return write


def test_the_answer_in_words_is_shown_after_ones_own(learners, capsys):
    assert solution("self_attention") is None
    assert "in your own words first" in capsys.readouterr().out
    for nothing in ("", " YOUR ANSWER HERE\n"):
        learners(nothing)
        assert solution("self_attention") is None
    Path("broken.ipynb").write_text("{")
    learners("YOUR ANSWER HERE Because of the softmax.")
    shown = solution("self_attention").data
    assert "softmax" in shown and "MARK SCHEME" not in shown
    assert "point" not in shown  # what marks are given for


def test_a_lesson_without_such_a_question_says_so(capsys):
    assert solution("start_here") is None
    assert "no question in words" in capsys.readouterr().out


@pytest.mark.parametrize("slug", sorted({e.lesson for e in EVERY}))
def test_every_question_in_words_has_an_answer(slug):
    if slug != "start_here":
        assert len(model_answer.in_words(slug)[1].split()) > 20


def test_without_solved_notebooks_neither(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(model_answer, "SOLUTIONS", tmp_path)
    assert solution("self_attention") is None
    assert "there is no model answer here" in capsys.readouterr().out
