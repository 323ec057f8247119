"""Grade as submissions arrive: `grader watch`."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from nbgrader.coursedir import CourseDirectory

from grader import submissions

State = dict[str, str]  # student → what they have handed in, as a digest


def state(course: CourseDirectory, lesson: str) -> State:
    """By what is in the files: a clock that is set back hides no change."""
    folder = course.format_path(course.submitted_directory, ".", lesson)
    base = Path(folder).parent
    return {
        entry.name: submissions.read(
            entry / lesson, entry.name, lesson
        ).digest()
        for entry in (sorted(base.iterdir()) if base.is_dir() else ())
        if (entry / lesson).is_dir()
    }


def watch(
    look: Callable[[], State],
    grade: Callable[[], None],
    wait: Callable[[], None],
) -> NoReturn:
    """Grade whenever something has changed; for ever.

    What is still being copied differs at the next look: it waits until two
    looks have seen the same.
    """
    graded: State = {}
    before: State = {}
    while True:
        now = look()
        if now == before and now != graded:
            grade()
            graded = now
        before = now
        wait()
