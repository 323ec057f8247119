"""How long a check takes: import, first check, right and wrong answers.

`make bench-check`. In fresh processes, one after another: what a learner waits
for at the first check of a lesson, then at each right and each wrong answer
that the tests know. Of several rounds the smallest counts, as the machine may
be busy with something else.
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


def measured(lesson: str, rounds: int) -> dict[str, tuple[float, str]]:
    """What was measured → seconds, and which answer took that long."""
    starts = [fresh(lesson) for _ in range(rounds)]
    right, wrong = {}, {}
    for exercise in lessons()[lesson]:
        for number, form in enumerate(gates.forms(exercise)):
            times = [seconds(exercise.id, form) for _ in range(rounds)]
            right[f"{exercise.function}, form {number}"] = min(times)
        for known in exercise.misconceptions:
            times = [seconds(exercise.id, known.answer) for _ in range(rounds)]
            wrong[f"{exercise.function}, {known.name}"] = min(times)
    return {
        "import": (min(one for one, _ in starts), ""),
        "first": (min(one for _, one in starts), ""),
        "right": slowest(right),
        "wrong": slowest(wrong),
        "median wrong": (statistics.median(wrong.values()), ""),
    }


def slowest(times: dict[str, float]) -> tuple[float, str]:
    name = max(times, key=lambda one: times[one])
    return times[name], name


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.check", description=__doc__
    )
    parser.add_argument(
        "lessons", nargs="*", metavar="NN", help="such as 07 (all)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="of each (3)")
    options = parser.parse_args(arguments)
    names = [
        name
        for name in lessons()
        if not options.lessons or name[:2] in options.lessons
    ]
    if not names:
        parser.error(f"no such lesson; there are {', '.join(lessons())}")
    table = Table("lesson", "import", "first check", "right", "wrong", "which")
    for name in track(names, "lessons", console=Console(stderr=True)):
        came = measured(name, options.rounds)
        table.add_row(
            name,
            f"{came['import'][0]:.2f}",
            f"{came['first'][0]:.2f}",
            f"{came['right'][0]:.3f}",
            f"{came['median wrong'][0]:.3f} … {came['wrong'][0]:.2f}",
            came["wrong"][1],
        )
    Console().print(table)
    print(
        f"seconds; goals: import {IMPORT}, first check {FIRST} (00 to 12), "
        f"right {RIGHT}, wrong {WRONG}, the slowest {WORST}"
    )


if __name__ == "__main__":
    main()
