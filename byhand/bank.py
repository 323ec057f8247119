"""Finds exercises: all of them, one by its id, those before it.

A lesson's are in a folder of byhand/exercises/, whose __init__.py names the
lesson (LESSON) and lists its exercises in their order (EXERCISES).
"""

import difflib
import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import byhand.exercises
from byhand.exercise import Exercise

PIECES = "pieces"  # what several lessons use; it is no lesson
_IMPORTS_TORCH = re.compile(r"^\s*(import|from) torch\b", re.M)


class Incomplete(Exception):
    """A lesson's folder lacks something; the message says what."""


class UnknownExercise(KeyError):
    """A KeyError that prints its sentence as it is, not its repr."""

    def __str__(self) -> str:
        return str(self.args[0])


@cache
def slugs() -> tuple[str, ...]:
    """The lessons' names without their numbers, by the alphabet."""
    found = pkgutil.iter_modules(byhand.exercises.__path__)
    return tuple(sorted(m.name for m in found if m.name != PIECES))


def lesson(slug: str) -> ModuleType:
    """A lesson's folder. Incomplete: its author forgot something."""
    found = importlib.import_module(f"byhand.exercises.{slug}")
    name = getattr(found, "LESSON", None)
    if not isinstance(name, str) or name.partition("_")[2] != slug:
        raise Incomplete(
            f"byhand/exercises/{slug}/__init__.py should say LESSON = "
            f'"NN_{slug}"; it says {name!r}'
        )
    if not getattr(found, "EXERCISES", ()):
        raise Incomplete(
            f"byhand/exercises/{slug}/__init__.py should list its exercises, "
            "in their order: EXERCISES = (one.EXERCISE, …)"
        )
    return found


@cache
def needs_torch(slug: str) -> bool:
    """Whether a lesson's exercises are judged with PyTorch.

    By reading them, as importing them would import it, which takes seconds.
    """
    folder = Path(byhand.exercises.__path__[0], slug)
    texts = (path.read_text("utf-8") for path in folder.glob("*.py"))
    return any(_IMPORTS_TORCH.search(text) for text in texts)


@cache
def lessons() -> dict[str, tuple[Exercise, ...]]:
    """Lesson name → its exercises, in the order of the course.

    Incomplete: a lesson's author forgot something.
    """
    found = map(lesson, slugs())
    return dict(sorted((one.LESSON, one.EXERCISES) for one in found))


def before(exercise: Exercise) -> tuple[Exercise, ...]:
    """The exercises that come before this one in its lesson."""
    group = lesson(exercise.lesson).EXERCISES
    return tuple(group[: group.index(exercise)])


def find(exercise_id: str) -> Exercise:
    """The exercise of that id.

    UnknownExercise: there is none; the sentence names the nearest ids.
    """
    if not isinstance(exercise_id, str):
        raise TypeError(
            "an exercise id is a string like 'self_attention.softmax'; "
            f"got {type(exercise_id).__name__}"
        )
    # Only the lesson's own folder is imported, so that a check starts at once.
    slug = exercise_id.partition(".")[0]
    if slug in slugs():
        for exercise in lesson(slug).EXERCISES:
            if exercise.id == exercise_id:
                return exercise
    known = [e.id for group in lessons().values() for e in group]
    near = difflib.get_close_matches(exercise_id, known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "see"
    raise UnknownExercise(
        f"there is no exercise {exercise_id!r}; {hint} "
        "(`python -m byhand exercises` lists them all)"
    )
