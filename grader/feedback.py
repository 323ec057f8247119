"""nbgrader's feedback, which says a little more."""

import glob
import os
import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import GetGrades
from traitlets import List

from grader.pages import offline

# A link of the page's contents: where it leads, and what it is called.
_CONTENTS = re.compile(
    r'(<li><a href="#([^"]+)">)'
    r"(?:Test cell|Written response|Coding free-response)(?=</a>)"
)


class Grades(GetGrades):
    """Says as well which marks are still to be given."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple:
        self.waiting: list[tuple[str, float]] = []
        nb, resources = super().preprocess(nb, resources)
        if self.waiting:
            points = sum(most for _, most in self.waiting)
            names = ", ".join(f"`{name}`" for name, _ in self.waiting)
            said = (
                f"**{points:g} of the points are not given yet.** A person "
                f"has still to read {names}; until then it counts 0."
            )
            nb.cells.insert(0, nbformat.v4.new_markdown_cell(said))
        return nb, resources

    def _get_score(self, cell: NotebookNode, resources: Any) -> None:
        super()._get_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        if grade.needs_manual_grade and grade.manual_score is None:
            self.waiting.append((name, grade.max_score))


class Feedback(GenerateFeedback):
    """nbgrader's feedback: also for names that are patterns, `a[late]`."""

    preprocessors = List([Grades, CSSHTMLHeaderPreprocessor]).tag(config=True)

    def init_notebooks(self) -> None:
        course = self.coursedir
        wanted = self._format_source(course.assignment_id, course.student_id)
        self.assignments = {}
        is_one = os.path.isdir(wanted)
        for folder in [wanted] if is_one else glob.glob(wanted):
            pattern = f"{course.notebook_id}.ipynb"
            found = glob.glob(os.path.join(glob.escape(folder), pattern))
            if found:
                self.assignments[folder] = found
        if not self.assignments:
            super().init_notebooks()  # it says so

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        super().init_assignment(assignment_id, student_id)
        # By such a name nbgrader does not know what it leaves out.
        made = Path(self._format_dest(assignment_id, student_id))
        for path in made.iterdir() if made.is_dir() else ():
            if path.suffix == ".ipynb":
                path.unlink()

    def write_single_notebook(self, output: str, resources: Any) -> None:
        """With the exercises' names in its contents."""
        named = _CONTENTS.sub(
            lambda link: link[1] + link[2].removesuffix("-check"), output
        )
        super().write_single_notebook(offline(named), resources)
