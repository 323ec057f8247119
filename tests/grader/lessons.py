"""Submissions of a committed lesson, and its release, without a gradebook."""

from functools import cache

import nbformat
from nbformat import NotebookNode

from grader import gradebook, notebooks
from grader.submissions import Release, SourceCell, Submission
from tests.end_to_end.course import replaced

SELF_ATTENTION = "07_self_attention"


@cache
def release(lesson: str = SELF_ATTENTION) -> Release:
    path = notebooks.lesson_path(lesson)
    cells = tuple(
        SourceCell(
            name=cell.metadata.nbgrader.grade_id,
            cell_type=cell.cell_type,
            source=cell.source,
            locked=cell.metadata.nbgrader.locked,
            grade=cell.metadata.nbgrader.grade,
            solution=cell.metadata.nbgrader.solution,
            points=cell.metadata.nbgrader.get("points"),
            checksum=cell.metadata.nbgrader.checksum,
        )
        for cell in nbformat.read(path, as_version=4).cells
        if "nbgrader" in cell.metadata
    )
    return Release(lesson, cells, gradebook.demonstrations(path))


def solved(**cells: str) -> NotebookNode:
    return replaced(notebooks.solved_path(SELF_ATTENTION), cells)


def empty(**cells: str) -> NotebookNode:
    return replaced(notebooks.lesson_path(SELF_ATTENTION), cells)


def submission(what: NotebookNode | bytes, **files: bytes) -> Submission:
    lesson = SELF_ATTENTION
    if not isinstance(what, bytes):
        what = nbformat.writes(what).encode()
    return Submission("learner", lesson, {f"{lesson}.ipynb": what, **files})
