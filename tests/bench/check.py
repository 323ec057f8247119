"""How long a check takes: import, first check, right and wrong answers.

`make bench-check`. In fresh processes, one after another: what a learner waits
for at the first check of a lesson, then at each right and each wrong answer
that the tests know, as medians of several rounds with their range. The first
wrong answer to an exercise takes longest: the known mistakes are run then.
"""

import argparse
import contextlib
import io
import json
import statistics
import subprocess
import sys
import time
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from byhand.bank import lessons
from tests import gates

# Seconds: what a learner does not notice, or bears.
IMPORT, FIRST, RIGHT, WRONG, WORST = 0.2, 0.1, 0.1, 0.5, 3.0
WIDE = 170  # columns, that no row of the table breaks

CODE = """
import contextlib, io, json, sys, time

began = time.perf_counter()
from byhand import check
imported = time.perf_counter() - began
lesson = sys.argv[1]
import importlib
forms = importlib.import_module(sys.argv[2]).FORMS
exercise = sys.argv[3]
began = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    check(exercise, forms[0])
print(json.dumps([imported, time.perf_counter() - began]))
"""


def fresh(lesson: str) -> tuple[float, float]:
    """Seconds of the import, and of the first check of a fresh kernel."""
    exercise = lessons()[lesson][0]
    home = f"{exercise.lesson}.{gates.file_of(exercise)}"
    ran = subprocess.run(
        [
            *(sys.executable, "-c", CODE, lesson),
            *(f"tests.exercises.forms.{home}", exercise.id),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    imported, first = json.loads(ran.stdout)
    return imported, first


def seconds(exercise: str, answer: Any) -> float:
    from byhand import CheckFailed, check

    began = time.perf_counter()
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.suppress(CheckFailed),
    ):
        check(exercise, answer)
    return time.perf_counter() - began


def measured(lesson: str, rounds: int) -> dict[str, tuple[str, list[float]]]:
    """What was measured → which answer took longest, and its seconds."""
    starts = [fresh(lesson) for _ in range(rounds)]
    right, wrong = {}, {}
    for exercise in lessons()[lesson]:
        for number, form in enumerate(gates.forms(exercise)):
            right[f"{exercise.function}, form {number}"] = [
                seconds(exercise.id, form) for _ in range(rounds)
            ]
        for known in exercise.misconceptions:
            wrong[f"{exercise.function}, {known.name}"] = [
                seconds(exercise.id, known.answer) for _ in range(rounds)
            ]
    imported, first = map(list, zip(*starts, strict=True))
    return {
        "import": ("", imported),
        "first": ("", first),
        "right": slowest(right),
        "wrong": slowest(wrong),
        "any wrong": ("", [statistics.median(t) for t in wrong.values()]),
    }


def slowest(times: dict[str, list[float]]) -> tuple[str, list[float]]:
    return max(times.items(), key=lambda one: statistics.median(one[1]))


def shown(seconds: list[float]) -> str:
    """Their median and range."""
    return (
        f"{statistics.median(seconds):.2f} "
        f"({min(seconds):.2f} to {max(seconds):.2f})"
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.check", description=__doc__
    )
    parser.add_argument(
        "lessons", nargs="*", metavar="NN", help="such as 07 (all)"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of each (5)")
    options = parser.parse_args(arguments)
    names = [
        name
        for name in lessons()
        if not options.lessons or name[:2] in options.lessons
    ]
    if options.rounds < 1:
        parser.error(
            f"--rounds must be at least 1, but it is {options.rounds}"
        )
    if not names:
        parser.error(f"no such lesson; there are {', '.join(lessons())}")
    table = Table("lesson", "import", "first check")
    for heading in ("slowest right", "slowest wrong", "any wrong", "which"):
        table.add_column(heading)
    for name in track(names, "lessons", console=Console(stderr=True)):
        came = measured(name, options.rounds)
        table.add_row(
            name,
            *(shown(times) for _, times in came.values()),
            came["wrong"][0],
        )
    Console(width=max(Console().width, WIDE)).print(table)
    print(
        f"seconds; goals: import {IMPORT}, first check {FIRST} (00 to 12), "
        f"right {RIGHT}, wrong {WRONG}, the slowest {WORST}"
    )


if __name__ == "__main__":
    main()
