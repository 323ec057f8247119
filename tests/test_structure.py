"""The house stays in order: imports go down, and files stay readable."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from authoring.paths import ROOT

# From the top down: a unit imports from those below it and from itself. What
# stands in one line is level, and imports nothing of the others there.
ORDER = """
    grader
    authoring
    byhand.__main__
    byhand.doctor byhand.hints byhand.lab byhand.progress byhand.recall
    byhand
    byhand.check
    byhand.card byhand.judge byhand.model_answer
    byhand.message
    byhand.trial
    byhand.bank
    byhand.exercises
    byhand.check_cell
    byhand.gpt
    byhand.sliders byhand.ways
    byhand.attempt
    byhand.results byhand.short_cuts
    byhand.notebook
    byhand.deadline
    byhand.digits byhand.elsewhere byhand.held byhand.text
    byhand.environment byhand.notes byhand.reading byhand.saving byhand.tools
    byhand.exercise byhand.saved byhand.special
"""
LEVEL = {
    unit: level
    for level, line in enumerate(ORDER.split("\n"))
    for unit in line.split()
}
LONGEST_EXERCISE = 600  # lines: more than a person reads at once


def unit_of(module: str) -> str:
    """The unit that a module belongs to: "byhand.results", say."""
    top, *rest = module.split(".")
    return f"{top}.{rest[0]}" if top == "byhand" and rest else top


def imported(module: str, source: str, package: bool) -> Iterator[str]:
    """The modules of ours that a source imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".")
            kept = len(parts) - node.level + package
            base = ".".join(parts[:kept]) if node.level else ""
            base = ".".join(filter(None, (base, node.module)))
            # `from byhand import bank` is a module, `import check` a name.
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (n for n in names if n.split(".")[0] in LEVEL)


def upward(module: str, source: str, package: bool = False) -> list[str]:
    """A sentence for each import that goes up, or sideways."""
    own, complaints = unit_of(module), []
    if own not in LEVEL:
        return [f"{own} has no place in ORDER: put it where it belongs"]
    for other in map(unit_of, imported(module, source, package)):
        if other not in LEVEL:
            other = other.partition(".")[0]
        if other != own and LEVEL[other] <= LEVEL[own]:
            complaints.append(
                f"{module} imports {other}, which is not below {own}"
            )
    return complaints


def sources() -> list[Path]:
    packages = {unit.partition(".")[0] for unit in LEVEL}
    return sorted(
        path
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        # An attack imports what it attacks, from inside its cells.
        if "attacks" not in path.parts
    )


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_imports_go_down(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = parts[-1] == "__init__"
    module = ".".join(parts[:-1] if package else parts)
    assert upward(module, path.read_text("utf-8"), package) == []


def test_an_import_that_goes_up_is_noticed():
    assert upward("byhand.trial", "from byhand.judge import judge")
    assert upward("byhand.exercises.a.b", "from byhand import check")
    assert upward("byhand.results.text", "def f():\n  import grader.lane")
    assert upward("byhand.exercises.a", "from ... import judge", True)
    assert upward("byhand.exercises.a.b", "from ...judge import judge")
    assert upward("byhand.exercises.a.b", "from ..pieces import x") == []
    assert upward("byhand.sliders.one", "from byhand.ways import modules")
    assert upward("byhand.new", "") == [
        "byhand.new has no place in ORDER: put it where it belongs"
    ]
    assert upward("byhand.judge", "from byhand.trial import Trial") == []


def test_no_file_of_exercises_is_too_long():
    for path in (ROOT / "byhand" / "exercises").rglob("*.py"):
        lines = len(path.read_text("utf-8").splitlines())
        assert lines <= LONGEST_EXERCISE, f"{path}: {lines} lines"


def test_a_clock_that_is_set_back_changes_no_grading():
    """The grader reads no clock but the one that only goes forward."""
    reads = re.compile(r"time\.(time|\w*localtime|gmtime)\(|datetime|st_.time")
    for path in (ROOT / "grader").rglob("*.py"):
        assert not reads.search(path.read_text("utf-8")), path


def test_a_lesson_takes_from_pieces_and_from_no_other_lesson():
    """So that a lesson's known mistakes can be brought along as a whole."""
    for path in (ROOT / "byhand" / "exercises").rglob("*.py"):
        assert taken_from(path.read_text("utf-8")) <= {"pieces"}, path


def taken_from(source: str) -> set[str]:
    """The folders beside its own that a file imports from."""
    return {
        (node.module or "").partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.level == 2
    }


def test_what_is_taken_from_another_lesson_is_seen():
    assert taken_from("from ..decoding.shared import distinct") == {"decoding"}
    assert taken_from("from .shared import a\nimport numpy") == set()
