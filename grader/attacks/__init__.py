"""Hostile submissions of lesson 07, one file each.

The first line of a file says what it tries. `attack(nb, folder)` turns the
empty notebook into the hostile one, and may put other things into the folder
that is handed in; it returns WRITTEN if the notebook is among those. EARNS
are the marks that are honestly come by; STOCK is what it came to against
nbgrader's own autograde (tests/bench/stock_attacks.py).
"""

import importlib
import inspect
import json
import pkgutil
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

LESSON = "07_self_attention"
ANSWERS = (
    "dot_product_scores",
    "softmax",
    "attention_weights",
    "weighted_values",
    "self_attention",
)
WRITTEN = "the attack has written the notebook, or left it out"
# What an attack prints in front of what it must not get at.
LOOT = "loot:"


@dataclass(frozen=True)
class Attack:
    """An attack as its file has it."""

    name: str
    tries: str
    act: Callable[[NotebookNode, Path], str | None]
    earns: dict[str, float]
    stock: str

    def hand_in(self, empty: NotebookNode, folder: Path) -> None:
        """Make the hostile submission, from the empty notebook."""
        folder.mkdir(parents=True)
        if self.act(empty, folder) != WRITTEN:
            write(empty, folder)


def load() -> dict[str, Attack]:
    """Every attack, by name."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        file = importlib.import_module(f"{__name__}.{module.name}")
        found[module.name] = Attack(
            module.name,
            " ".join(str(file.__doc__).split()),
            file.attack,
            getattr(file, "EARNS", {}),
            getattr(file, "STOCK", "not run"),
        )
    return found


# --- for attacks -----------------------------------------------------------


def body(*functions: Callable | str, **names: Any) -> str:
    """What functions have in their bodies, as the source of a cell.

    names: what the cell may call by these names, plain values.
    """
    parts = [f"{name} = {value!r}\n" for name, value in names.items()]
    for function in functions:
        if callable(function):
            _, _, lines = inspect.getsource(function).partition("\n")
            function = textwrap.dedent(lines)
        parts.append(function)
    return "".join(parts).rstrip()


def find(nb: NotebookNode, grade_id: str) -> NotebookNode:
    """The cell of that id."""
    return next(
        cell
        for cell in nb.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def paste(nb: NotebookNode, grade_id: str, what: Callable | str) -> None:
    """Put code in place of a cell's."""
    find(nb, grade_id).source = body(what)


def insert(
    nb: NotebookNode, *what: Callable | str, times: int = 1, **names: Any
) -> None:
    """Put cells of their own below the imports: the first to run."""
    for _ in range(times):
        cell = nbformat.v4.new_code_cell(body(*what, **names))
        nb.cells.insert(2, cell)


def answer_all(nb: NotebookNode, line: str) -> None:
    """Answer every exercise with that line."""
    for name in ANSWERS:
        paste(nb, name, f"def {name}(*inputs, **named):\n    {line}")


def course(folder: Path) -> Path:
    """The root of the course that the folder is handed in to."""
    return folder.parents[2]


def write(nb: NotebookNode, folder: Path) -> None:
    write_text(json.dumps(nb), folder)


def write_text(text: str, folder: Path) -> None:
    """Hand in this text as the notebook."""
    (folder / f"{LESSON}.ipynb").write_text(text, "utf-8", "surrogatepass")


def take_the_wire() -> None:
    import gc

    session = next(
        thing
        for thing in gc.get_objects()
        if type(thing).__name__ == "Service" and hasattr(thing, "wire")
    )
    wire = session.wire
