"""Submissions of a committed lesson, and its release, without a gradebook."""

from functools import cache

import nbformat
from nbformat import NotebookNode

from authoring import paths
from grader.submissions import Release, Submission
from tests.end_to_end.course import replaced

SELF_ATTENTION = "07_self_attention"


@cache
def release(lesson: str = SELF_ATTENTION) -> Release:
    return Release.of(lesson, paths.lesson_path(lesson))


def solved(**cells: str) -> NotebookNode:
    return replaced(paths.solved_path(SELF_ATTENTION), cells)


def empty(**cells: str) -> NotebookNode:
    return replaced(paths.lesson_path(SELF_ATTENTION), cells)


def submission(what: NotebookNode | bytes, **files: bytes) -> Submission:
    lesson = SELF_ATTENTION
    if not isinstance(what, bytes):
        what = nbformat.writes(what).encode()
    return Submission("learner", lesson, {f"{lesson}.ipynb": what, **files})
