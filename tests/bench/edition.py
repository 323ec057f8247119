"""How long a learner waits in the browser edition, and what a visit transfers.

In a real browser, from this machine's own disk, everything beside the pages:
lesson 7 is opened, its first cell run, and a right answer checked. Then
sliders, from key press to new pixels, here and, in the same run, in
JupyterLab.
"""

import argparse
import gzip
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from authoring import edition
from tests.bench import sliders
from tests.bench.sliders import Measured
from tests.browser.edition import CELLS, Edition, add, run_current, store
from tests.browser.jupyter import Lab, chromium, notebook_of, write_notebook

LESSON = "07_self_attention"
FIGURES = "attention", "descent"
MB = 10**6
# What is wanted of a visit: seconds, and MB after compression.
FIRST_CELL, CHECK, TRANSFERRED = 10, 0.5, 20

RIGHT = """
def softmax(z, axis=-1):
    return np.exp(z - np.logaddexp.reduce(z, axis=axis, keepdims=True))

check("self_attention.softmax", softmax)
"""
TO_FIRST_CELL = f"""{CELLS}.activeCellIndex = {CELLS}.model.toJSON()
  .cells.findIndex(cell => cell.cell_type === 'code')"""


class Visit(NamedTuple):
    """Seconds until the first cell has run, and of two checks; the files."""

    first_cell: float
    first_check: float
    check: float
    sent: list[Path]

    def megabytes(self) -> float:
        return sum(len(file.read_bytes()) for file in self.files()) / MB

    def compressed(self) -> float:
        """As a server sends it that compresses what gets smaller by it."""
        return (
            sum(
                min(len(data), len(gzip.compress(data)))
                for data in (file.read_bytes() for file in self.files())
            )
            / MB
        )

    def files(self) -> list[Path]:
        found = [f / "index.html" if f.is_dir() else f for f in self.sent]
        return [file for file in found if file.is_file()]


def visit(running: Edition) -> Visit:
    del running.sent[:]
    began = time.monotonic()
    notebook = running.open(LESSON)
    notebook.page.evaluate(TO_FIRST_CELL)
    run_current(notebook)
    first_cell = time.monotonic() - began
    checks = []
    for _ in range(4):
        add(notebook, RIGHT)
        checks.append(run_current(notebook) / 1000)
    sent = list(running.sent)
    notebook.page.close()
    return Visit(first_cell, checks[0], min(checks[1:]), sent)


def visits(running: Edition, rounds: int) -> str:
    """A line a round: the first time, and once more with what is kept."""
    lines = [
        f"{'':<8}{'first cell':>12}{'first check':>13}{'check':>8}"
        f"{'requests':>10}{'MB':>7}{'compressed':>12}"
    ]
    for number in range(rounds):
        for kind in ("cold", "warm"):
            if kind == "cold":
                running.forget()
            found = visit(running)
            lines.append(
                f"{kind + ' ' + str(number + 1):<8}{found.first_cell:>12.1f}"
                f"{found.first_check:>13.2f}{found.check:>8.2f}"
                f"{len(found.sent):>10}{found.megabytes():>7.1f}"
                f"{found.compressed():>12.1f}"
            )
    return "\n".join(lines)


def slide_here(
    running: Edition, names: list[str], repeats: int
) -> dict[str, list[Measured]]:
    """As `slide_in_lab`, in the browser edition."""
    first = running.open(LESSON)
    for name in names:
        store(first.page, f"{name}.ipynb", notebook_of(sliders.source(name)))
    first.page.close()
    return moved(running, "here", names, repeats)


def slide_in_lab(names: list[str], repeats: int) -> dict[str, list[Measured]]:
    """A round of each figure with a slider, for `sliders.report`."""
    with tempfile.TemporaryDirectory() as root:
        for name in names:
            path = Path(root, f"{name}.ipynb")
            write_notebook(path, sliders.source(name))
        with Lab(root) as lab:
            return moved(lab, "lab", names, repeats)


def moved(
    where: Edition | Lab, told: str, names: list[str], repeats: int
) -> dict[str, list[Measured]]:
    found = {
        f"{name}, {told}": sliders.measure(where, name, repeats, nothing)
        for name in names
    }
    return {name: [one] for name, one in found.items() if one}


def nothing() -> None:
    """Nobody is told of each press."""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.edition", description=__doc__
    )
    parser.add_argument(
        "--site",
        type=Path,
        metavar="DIR",
        help="one that is built (`make site ARGS=--self-hosted`); default: "
        "builds its own",
    )
    parser.add_argument("--rounds", type=int, default=3, help="of visits (3)")
    parser.add_argument(
        "--repeats", type=int, default=40, help="key presses a slider (40)"
    )
    parser.add_argument(
        "--figure",
        action="append",
        choices=sliders.FIGURES,
        metavar="NAME",
        help=f"this slider, may be repeated (default: {', '.join(FIGURES)})",
    )
    options = parser.parse_args(arguments)
    # A 95th percentile needs two times, and a third as many are jumps.
    for name, least in (("rounds", 1), ("repeats", 6)):
        if (given := getattr(options, name)) < least:
            parser.error(
                f"--{name} must be at least {least}, but it is {given}"
            )
    if chromium() is None:
        parser.error("this needs Chromium or Chrome on PATH")
    figures = options.figure or [*FIGURES]
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder:
        site = options.site or Path(folder)
        if not options.site:
            console.print("Building the edition")
            edition.build(site, self_hosted=True)
        with Edition(site / "try") as running:
            console.print("Visiting lesson 7")
            print(visits(running, options.rounds))
            console.print("Moving sliders")
            found = slide_here(running, figures, options.repeats)
    found |= slide_in_lab(figures, options.repeats)
    print(sliders.report(found))
    print(
        f"goals: first cell {FIRST_CELL} s, a check {CHECK} s, "
        f"{TRANSFERRED} MB compressed"
    )


if __name__ == "__main__":
    main()
