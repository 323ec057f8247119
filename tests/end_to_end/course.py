"""A course in a folder of its own, graded by the real nbgrader."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess

import nbformat
from nbformat import NotebookNode

from authoring import paths


class Course:
    """What an instructor has before the class hands in.

    The project's nbgrader_config.py, one lesson's solved notebook and its
    release, and a gradebook in which nothing stands. begun: False leaves the
    gradebook to the first command, which takes seconds.
    """

    def __init__(self, root: Path, lesson: str, begun: bool = True) -> None:
        self.root, self.lesson = root, lesson
        for name in ("solutions", "lessons"):
            shutil.copytree(paths.ROOT / name / lesson, root / name / lesson)
        shutil.copy(paths.stamp_path(lesson), root / "solutions")
        config = (paths.ROOT / "nbgrader_config.py").read_text("utf-8")
        # The same, but that endless loops are given up sooner, and that one
        # process does: tests run beside one another already.
        config += "c.SealedAutograde.cell_seconds = 5\n"
        config += "c.SealedAutograde.jobs = 1\n"
        (root / "nbgrader_config.py").write_text(config, "utf-8")
        if begun:
            (root / "gradebook.db").write_bytes(blank_gradebook())

    def nbgrader(self, *command: str) -> CompletedProcess:
        """Run nbgrader in the course's root, as an instructor would."""
        return self.run("nbgrader", *command)

    def nbgraders(self, *commands: list[str]) -> list[CompletedProcess]:
        """Run several of its commands, one after another, in less time."""
        every = json.dumps(commands)
        ran = self.run("tests.end_to_end.several", every)
        ran.check_returncode()
        results = json.loads(ran.stdout)
        return [
            CompletedProcess(command, *result)
            for command, result in zip(commands, results, strict=True)
        ]

    def grader(self, *command: str) -> CompletedProcess:
        """Run our own command there."""
        return self.run("grader", *command)

    def run(self, *command: str) -> CompletedProcess:
        inherited = os.environ.get("PYTHONPATH", "")
        path = os.pathsep.join(filter(None, (inherited, str(paths.ROOT))))
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )

    def solved(self, **cells: str) -> NotebookNode:
        """The solved notebook, some cells (by grade_id) replaced."""
        return replaced(paths.solved_path(self.lesson), cells)

    def empty(self, **cells: str) -> NotebookNode:
        """The lesson as learners get it, some cells replaced."""
        return replaced(paths.lesson_path(self.lesson), cells)

    def exercises_of(self, path: Path) -> Path:
        """A copy of a notebook without its demonstrations, some of which
        train for a minute: what is graded needs none of them."""
        nb = nbformat.read(path, as_version=4)
        nb.cells = [
            cell
            for cell in nb.cells
            if "demonstration" not in cell.metadata.get("tags", [])
        ]
        copy = self.root / f"{path.parent.parent.name}-{path.name}"
        nbformat.write(nb, copy)
        return copy

    def folder(self, student: str) -> Path:
        return self.root / "submitted" / student / self.lesson

    def submit(self, student: str, what: NotebookNode | str) -> None:
        """Hand in a notebook, or a text in its place."""
        folder = self.folder(student)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.lesson}.ipynb"
        if isinstance(what, str):
            path.write_text(what, encoding="utf-8")
        else:
            nbformat.write(what, path)

    def scores(self) -> dict[str, dict[str, float]]:
        """Student → grade_id → points given automatically."""
        from nbgrader.api import Gradebook

        database = f"sqlite:///{self.root / 'gradebook.db'}"
        with Gradebook(database, "attention-by-hand") as gradebook:
            return {
                submission.student.id: {
                    grade.name: grade.auto_score or 0.0
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
                for submission in gradebook.assignment_submissions(self.lesson)
            }

    def autograded(self, student: str) -> str:
        """What the graded notebook shows, cell after cell."""
        folder = self.root / "autograded" / student / self.lesson
        nb = nbformat.read(folder / f"{self.lesson}.ipynb", as_version=4)
        return "\n".join(
            output.get("text") or "\n".join(output.get("traceback", []))
            for cell in nb.cells
            for output in cell.get("outputs", [])
        )

    def feedback(self, student: str) -> str:
        folder = self.root / "feedback" / student / self.lesson
        return (folder / f"{self.lesson}.html").read_text(encoding="utf-8")


@cache
def blank_gradebook() -> bytes:
    """As nbgrader makes it; it asks a program of its own for the version."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(paths.ROOT / "nbgrader_config.py", folder)
        subprocess.run(
            [sys.executable, "-m", "nbgrader", "db", "student", "list"],
            cwd=folder,
            capture_output=True,
            check=True,
        )
        return Path(folder, "gradebook.db").read_bytes()


def replaced(path: Path, cells: dict[str, str]) -> NotebookNode:
    nb = nbformat.read(path, as_version=4)
    left = {name.replace("__", "-"): text for name, text in cells.items()}
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in left:
            cell.source = left.pop(name)
    assert not left, f"no such cells: {list(left)}"
    return nb
