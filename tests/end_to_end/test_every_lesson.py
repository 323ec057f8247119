"""Each lesson through nbgrader: nothing, everything, every mistake."""

import shutil
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import nbformat
import pytest

import byhand.exercises
from authoring import paths
from byhand import special
from byhand.bank import PIECES, lessons
from byhand.exercise import Exercise
from byhand.judge import drawn
from tests.end_to_end.course import Course

LESSONS = [source.stem for source in paths.sources()]


def cells_of(exercise: Exercise) -> dict[str, str]:
    """Part → the grade_id of the cell that tests it."""
    return {
        part: f"{exercise.function}-{part or 'check'}"
        for part in parts(exercise)
    }


def parts(exercise: Exercise) -> tuple[str, ...]:
    return exercise.parts or ("",)


def points(exercise: Exercise, part: str) -> int:
    return exercise.points[part] if part else exercise.points


def everything(lesson: str) -> dict[str, float]:
    return {
        cell: points(exercise, part)
        for exercise in lessons()[lesson]
        for part, cell in cells_of(exercise).items()
    }


def passing_parts(exercise: Exercise, answer) -> set[str]:
    """Of a misconception. It fails, as tests/exercises has seen, so that only
    where there are parts it is asked which."""
    if not exercise.parts:
        return set()
    failing = {
        trial.case.part
        for trial in drawn(exercise, None, (0,))
        if trial.distance(trial.run(answer)) > 1
    }
    return set(parts(exercise)) - failing


def rounds(exercises) -> list[dict]:
    """Which misconception stands where, in as few notebooks as will do.

    Each exercise is spared once: it must keep its points among neighbours
    that are all wrong.
    """
    waiting = {e.id: deque(e.misconceptions) for e in exercises}
    spared = deque(e.id for e in exercises)
    made = []
    while any(waiting.values()):
        alone = spared.popleft() if spared and len(exercises) > 1 else None
        made.append(
            {
                e: waiting[e.id].popleft()
                for e in exercises
                if waiting[e.id] and e.id != alone
            }
        )
    return [m for m in made if m]


def paste(exercise: Exercise, name: str) -> str:
    """A cell whose answer is the misconception of that name.

    Where it is graded there are no exercises; the submission brings them, as
    a package of its own.
    """
    return (
        f"from mistakes.{exercise.lesson} import EXERCISES\n"
        "from mistakes.own import own\n\n"
        f"{exercise.function} = own(next(\n"
        "    m.answer for e in EXERCISES for m in e.misconceptions\n"
        f"    if e.id == {exercise.id!r} and m.name == {name!r}\n"
        "))\n"
    )


# A mistake may be a function that another one uses. Written twice, it is two.
OWN = """
from types import FunctionType


def own(answer):
    if not isinstance(answer, FunctionType):
        return answer
    made = FunctionType(
        answer.__code__,
        answer.__globals__,
        answer.__name__,
        answer.__defaults__,
        answer.__closure__,
    )
    made.__kwdefaults__ = answer.__kwdefaults__
    return made
"""


def bring_mistakes(course: Course, student: str, lesson: str) -> None:
    bank, mistakes = Path(byhand.exercises.__path__[0]), Path("mistakes")
    for name in (lesson.partition("_")[2], PIECES):
        shutil.copytree(
            bank / name,
            course.folder(student) / mistakes / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    brought = course.folder(student) / mistakes
    (brought / "own.py").write_text(OWN, "utf-8")
    # An answer that calls byhand's is told of that, and not of its mistake.
    shutil.copy(special.__file__, brought)
    for file in brought.rglob("*.py"):
        text = file.read_text("utf-8")
        ours, theirs = "from byhand import special", "from .. import special"
        file.write_text(text.replace(ours, theirs), "utf-8")


@dataclass
class Ran:
    """What nbgrader made of one lesson, its commands in their order."""

    course: Course
    expected: dict[str, dict[str, float]]  # student → cell → points
    sentences: dict[str, list[str]]  # student → what they must read
    shown: str  # the student who gets a page
    generated: CompletedProcess
    graded: CompletedProcess
    fed_back: CompletedProcess
    inverted: CompletedProcess
    right: CompletedProcess


@pytest.fixture(scope="module", params=LESSONS)
def ran(request, tmp_path_factory):
    """A lesson's whole way: five commands that share nbgrader's import."""
    lesson = request.param
    exercises = lessons()[lesson]
    course = Course(tmp_path_factory.mktemp("course"), lesson)
    shutil.rmtree(course.root / "lessons")  # generated anew
    course.submit("empty", course.empty())
    course.submit("solved", course.solved())
    expected = {
        "empty": dict.fromkeys(everything(lesson), 0),
        "solved": everything(lesson),
    }
    sentences = {}
    for number, wrong in enumerate(rounds(exercises)):
        student = f"wrong{number:02}"
        pasted = {e.function: paste(e, m.name) for e, m in wrong.items()}
        course.submit(student, course.solved(**pasted))
        bring_mistakes(course, student, lesson)
        marks = dict(everything(lesson))
        for exercise, known in wrong.items():
            kept = passing_parts(exercise, known.answer)
            assert kept != set(parts(exercise))
            for part, cell in cells_of(exercise).items():
                marks[cell] = points(exercise, part) if part in kept else 0
        expected[student] = marks
        sentences[student] = [m.sentence for m in wrong.values()]
    # What is in the graded notebook is in the page that learners get; a page
    # takes a second, and one shows it.
    empty, solved = (
        str(course.exercises_of(path))
        for path in (paths.lesson_path(lesson), paths.solved_path(lesson))
    )
    results = course.nbgraders(
        ["generate_assignment", lesson],
        ["autograde", lesson],
        ["generate_feedback", lesson, "--student", student],
        ["validate", "--invert", empty],
        ["validate", solved],
    )
    return Ran(course, expected, sentences, student, *results)


def test_the_lesson_is_what_nbgrader_makes_of_it(ran):
    assert ran.generated.returncode == 0, ran.generated.stderr
    lesson = ran.course.lesson
    fresh = paths.lesson_path(lesson, ran.course.root)
    assert nbformat.read(fresh, 4) == nbformat.read(
        paths.lesson_path(lesson), 4
    )


def test_nothing_everything_and_every_misconception(ran):
    assert ran.graded.returncode == 0, ran.graded.stderr
    given = ran.course.scores()
    assert given.keys() == ran.expected.keys()
    for student, marks in ran.expected.items():
        automatic = {c: given[student][c] for c in marks}
        told = f"{student} was told:\n{ran.course.autograded(student)}"
        assert automatic == marks, told
    for student, said in ran.sentences.items():
        text = ran.course.autograded(student)
        for sentence in said:
            assert plain(sentence) in plain(text), (student, sentence)


def test_the_sentences_are_in_the_page_that_learners_get(ran):
    assert ran.fed_back.returncode == 0, ran.fed_back.stderr
    page = plain(ran.course.feedback(ran.shown))
    for sentence in ran.sentences[ran.shown]:
        assert plain(sentence) in page, sentence


def plain(text: str) -> str:
    """As a person reads it: without HTML's escapes and line breaks."""
    import html

    return " ".join(html.unescape(text).split())


def test_validate(ran):
    assert "The notebook does not pass any tests" in ran.inverted.stdout
    assert "Your notebook passes all the tests" in ran.right.stdout
