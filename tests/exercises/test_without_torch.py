"""Lessons 00 to 12, and 23, are done, and judged, without PyTorch and SciPy.

Each lesson's solved answers go through its checks in a process of their own.
The other cells are left out: what they demonstrate may need PyTorch.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from byhand.bank import lessons
from tests import gates

ROOT = Path(__file__).resolve().parents[2]
LESSONS = list(filter(gates.without_torch, lessons()))

# Importing one takes seconds, importing the other a fifth of a second.
LIBRARIES = ("torch", "scipy")

# The cells come in by the standard input, as JSON.
WORK = f"""
import json, sys
names = {{"__name__": "__main__"}}
for cell in json.load(sys.stdin):
    exec(cell, names)
print("imported:", *(one for one in {LIBRARIES} if one in sys.modules))
"""


def cells_of(lesson: str) -> list[str]:
    """Of a solved notebook: its imports, its answers and its checks."""
    path = ROOT / "solutions" / lesson / f"{lesson}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    imports, *others = (
        cell for cell in notebook["cells"] if cell["cell_type"] == "code"
    )
    graded = [cell for cell in others if "nbgrader" in cell["metadata"]]
    return ["".join(cell["source"]) for cell in (imports, *graded)]


def said_by(cells: Iterable[str]) -> str:
    """What the cells print, and then which of the two were imported."""
    done = subprocess.run(
        [sys.executable, "-c", WORK],
        input=json.dumps(list(cells)),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_judged_without_them(lesson):
    said = said_by(cells_of(lesson))
    for exercise in lessons()[lesson]:
        for part in exercise.parts or ("",):
            what = f"{exercise.id}, part {part!r}" if part else exercise.id
            assert f"{what}: right" in said
    assert said.endswith("imported:\n")


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_import_of_one_is_told(library):
    # One that costs no five seconds.
    fake = f"import sys; sys.modules['{library}'] = sys"
    assert said_by([fake]).endswith(f"imported: {library}\n")
