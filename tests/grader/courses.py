"""A course in a temporary folder, and everything that its gradebook says."""

import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from grader.journal import Journal
from tests.end_to_end.course import Course

LESSON = "00_start_here"  # the smallest one: these tests are about classes
RIGHT = "def average(numbers):\n    return sum(numbers) / len(numbers)\n"
WRONG = "def average(numbers):\n    return sum(numbers)\n"


def small_class(
    root: Path, size: int, configure: Callable[[Course], None] | None = None
) -> Course:
    """A class in which every second one is right; entered, not graded."""
    # What is configured may be another gradebook.
    course = Course(root, LESSON, begun=configure is None)
    if configure:
        configure(course)
    made = course.nbgrader("generate_assignment", LESSON)
    assert made.returncode == 0, made.stderr
    for number in range(size):
        answer = RIGHT if number % 2 == 0 else WRONG
        nb = course.empty(average=answer)
        nb.cells.append(nbformat.v4.new_markdown_cell(f"I am {number}."))
        course.submit(f"learner{number:02}", nb)
    return course


def expected(size: int) -> dict[str, float]:
    return {f"learner{n:02}": float(n % 2 == 0) for n in range(size)}


def totals(course: Course, db_url: str = "") -> dict[str, float]:
    return {
        student: sum(grade[1] or 0.0 for grade in grades)
        for student, (grades, _) in contents(course, db_url).items()
    }


def contents(course: Course, db_url: str = "") -> dict[str, tuple]:
    """Student → (grades, comments), without ids, which are random."""
    url = db_url or f"sqlite:///{course.root / 'gradebook.db'}"
    with Gradebook(url, "attention-by-hand") as book:
        return {
            submission.student.id: (
                sorted(
                    (
                        g.name,
                        g.auto_score,
                        g.manual_score,
                        g.needs_manual_grade,
                    )
                    for n in submission.notebooks
                    for g in n.grades
                ),
                sorted(
                    (c.name, c.auto_comment)
                    for n in submission.notebooks
                    for c in n.comments
                ),
            )
            for submission in book.assignment_submissions(course.lesson)
        }


def graded_notebooks(course: Course) -> dict[str, bytes]:
    folder = course.root / "autograded"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def graded_so_far(course: Course) -> int:
    with Journal(course.root) as journal:
        return journal.db.execute("select count(*) from verdict").fetchone()[0]


def wait_for(holds: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until something holds. TimeoutError: it does not come to that."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {seconds:g} s")
        time.sleep(0.02)
