"""`make test L=07` runs what concerns lesson 07, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from authoring import paths
from byhand.bank import lessons
from tests.concerning import lesson_of, sliders_in

ROOT = Path(__file__).parent.parent
LESSONS = [source.stem for source in paths.sources()]


def run(*command):
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def everything():
    """Every test of the course, with the lessons that it concerns."""
    ran = run("tests.concerning")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert len(found) > 1000
    return found


def test_every_lesson_has_its_tests_of_every_kind(everything):
    for lesson in LESSONS:
        selected = {n for n, about in everything.items() if lesson in about}
        missing = expected(lesson) - selected
        assert not missing, f"L={lesson[:2]} leaves out {sorted(missing)}"


def expected(lesson):
    """The kinds, written out: a rule that selects too little is found."""
    tests = {
        "browser/test_lessons.py": (
            "the_solved_lesson_runs_and_its_sliders_answer",
            "the_lesson_shows_its_pictures_and_is_saved_as_it_was",
        ),
        "end_to_end/test_every_lesson.py": (
            "the_lesson_is_what_nbgrader_makes_of_it",
            "nothing_everything_and_every_misconception",
            "validate",
        ),
        "notebooks/test_notebooks.py": (
            "the_solved_notebook_is_not_stale",
            "every_number_of_the_lesson_is_printed",
        ),
        "notebooks/test_outputs.py": ("a_fresh_run_prints_the_same",),
    }
    wanted = {
        f"tests/{file}::test_{name}[{lesson}]"
        for file, names in tests.items()
        for name in names
    }
    wanted |= {
        f"tests/exercises/test_exercises.py::test_{name}[{exercise.id}]"
        for exercise in lessons()[lesson]
        for name in (
            "misconceptions_fail_with_their_own_sentence",
            "right_answers_pass_in_every_form",
        )
    }
    text = (paths.ROOT / "solutions" / f"{lesson}.py").read_text("utf-8")
    assert sliders_in(text)
    wanted |= {
        "tests/browser/test_sliders.py::"
        f"test_a_picture_can_be_read_in_both_themes[{slider}]"
        for slider in sliders_in(text)
    }
    return wanted


def test_a_slider_is_tested_with_its_lesson(everything):
    for lesson in LESSONS:
        text = (paths.ROOT / "solutions" / f"{lesson}.py").read_text("utf-8")
        for slider in sliders_in(text):
            own = f"tests/sliders/test_{slider}.py::"
            found = [a for n, a in everything.items() if n.startswith(own)]
            assert found and all(lesson in about for about in found), slider


def test_what_names_a_lesson_or_an_exercise_is_selected_by_that_alone(
    everything,
):
    ids = {e.id: lesson for lesson, group in lessons().items() for e in group}
    counted = 0
    for node, about in everything.items():
        named = node.partition("[")[2].removesuffix("]").split("-")
        of = {n for n in named if n in LESSONS}
        of |= {ids[n] for n in named if n in ids}
        if of:
            counted += 1
            assert set(about) == of, node
    assert counted > 300


def test_what_is_about_the_course_is_left_out(everything):
    grading = [a for n, a in everything.items() if n.startswith("tests/gra")]
    assert grading and not any(grading)


def test_a_marked_test_concerns_what_the_mark_says(everything):
    name = "tests/browser/test_live.py::test_a_training_moves_and_stops"
    assert everything[name] == ["17_gpt_on_gpu"]


def test_the_option_leaves_out_the_rest(everything):
    here = "tests/notebooks/test_notebooks.py"
    ran = run("pytest", "--collect-only", "-q", "-n0", "--lesson=7", here)
    assert ran.returncode == 0, ran.stdout
    selected = {x for x in ran.stdout.splitlines() if x.startswith(here)}
    assert selected == {
        node
        for node, about in everything.items()
        if node.startswith(here) and "07_self_attention" in about
    }


@pytest.mark.parametrize("given", ["7", "07", "07_self_attention"])
def test_a_lesson_is_named_by_its_number(given):
    assert lesson_of(given) == "07_self_attention"


def test_an_unknown_lesson_is_told_which_there_are():
    ran = run("pytest", "--collect-only", "-q", "-n0", "--lesson=99")
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "there is no lesson '99'; there are 00_start_here, " in ran.stderr
