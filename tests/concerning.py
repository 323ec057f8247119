"""Which lessons a test concerns, for `pytest --lesson=07`.

`python -m tests.concerning` prints, as JSON, every test with its lessons.
"""

import json
import re
import sys
from functools import cache

import pytest

from authoring import paths
from byhand.bank import lessons
from byhand.exercise import Exercise

NAMED_AFTER = ("tests/sliders/test_", "tests/exercises/test_")


def concerns(item: pytest.Item) -> set[str]:
    """The lessons that a test is about; none for what is about the course.

    A test is about what its parameters name, whatever they are called, and
    `@pytest.mark.about("attention")` names things where there are none. What
    can be named: a lesson, an exercise (or its id), which is its lesson's,
    and a slider, which is every lesson's that shows it. The file too names
    one: tests/sliders/test_SLIDER.py, tests/exercises/test_LESSON.py, there
    without its number.
    """
    named = list(
        getattr(getattr(item, "callspec", None), "params", {}).values()
    )
    named += [n for mark in item.iter_markers("about") for n in mark.args]
    path = item.nodeid.partition("::")[0].removesuffix(".py")
    named += [path.removeprefix(p) for p in NAMED_AFTER if path.startswith(p)]
    found = known()
    # An exercise that a test made up is no lesson's.
    ids = [e.id for e in named if any(e is own for own in exercises())]
    names = [n for n in named if isinstance(n, str)]
    return {lesson for n in (*ids, *names) for lesson in found.get(n, ())}


@cache
def exercises() -> list[Exercise]:
    return [e for group in lessons().values() for e in group]


@cache
def known() -> dict[str, set[str]]:
    """What can be named, and the lessons that it belongs to."""
    found: dict[str, set[str]] = {}
    for source in paths.sources():
        lesson, text = source.stem, source.read_text("utf-8")
        names = {lesson, lesson.partition("_")[2]}
        names |= {exercise.id for exercise in lessons().get(lesson, ())}
        names |= sliders_in(text)
        for name in names:
            found.setdefault(name, set()).add(lesson)
    return found


def sliders_in(text: str) -> set[str]:
    """The sliders that a lesson's text shows."""
    return set(re.findall(r"^(\w+)\.show\(", text, re.M))


def lesson_of(number: str) -> str:
    """The lesson of a number, 7 or 07, or of its name. UsageError: none."""
    names = [source.stem for source in paths.sources()]
    for name in names:
        if name == number or name.partition("_")[0] == number.zfill(2):
            return name
    raise pytest.UsageError(
        f"there is no lesson {number!r}; there are {', '.join(names)}"
    )


class Everything:
    """A plugin that keeps what is collected."""

    def __init__(self) -> None:
        self.lessons: dict[str, list[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            self.lessons[item.nodeid] = sorted(concerns(item))


if __name__ == "__main__":
    everything = Everything()
    # What pytest itself prints is for people.
    stdout, sys.stdout = sys.stdout, sys.stderr
    code = pytest.main(["--collect-only", "-qq", "-n0"], [everything])
    sys.stdout = stdout
    print(json.dumps(everything.lessons))
    sys.exit(code)
