"""One exercise graded again, and the others left as they were."""

import dataclasses

import nbformat

from byhand.check_cell import check_in
from grader.submissions import Graded, Release, grade_id


def cells_of(release: Release, exercise: str) -> set[str]:
    """The cells in which an exercise is checked: one, or one a part."""
    return {
        cell.name
        for cell in release.cells
        if cell.grade
        and (check := check_in(cell.source))
        and check.exercise == exercise
    }


def merged(before: Graded, now: Graded, cells: set[str]) -> Graded:
    """The earlier verdict, but for some cells, which are as they are now."""
    fresh = {finding["cell"]: finding for finding in now.findings}
    nb, new = (nbformat.reads(one.notebook, 4) for one in (before, now))
    outputs = {grade_id(cell): cell.get("outputs") for cell in new.cells}
    for cell in nb.cells:
        if grade_id(cell) in cells:
            cell.outputs = outputs[grade_id(cell)]
    return dataclasses.replace(
        before,
        scores=before.scores | {name: now.scores[name] for name in cells},
        findings=[
            fresh[one["cell"]] if one["cell"] in cells else one
            for one in before.findings
        ],
        notebook=nbformat.writes(nb),
    )
