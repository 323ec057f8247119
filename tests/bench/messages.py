"""What wrong answers are told: `make bench-messages`.

Over the wrong answers that tests keep, lesson by lesson: slips, which were
written by somebody who had not read the misconceptions; refused ones, most of
which nobody would write in good faith; and the misconceptions themselves.
Counted is how many are told their cause, by a misconception or by a sentence
of the check's own (a shape, an exception, a change in place); how many
perhaps; and how many nothing. `--read` prints every message instead.
"""

import argparse
import importlib
import pkgutil
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from rich.console import Console
from rich.progress import track
from rich.table import Table

from byhand import CheckFailed
from byhand.bank import find, lessons
from byhand.exercise import Exercise
from byhand.judge import judge
from tests.exercises import refused, slips

HINTS = {"Hint: ": "named", "Perhaps: ": "perhaps"}
# What the check itself says of a result that it can only set beside another.
ONLY_A_DIFFERENCE = ("First difference: ", "Case ")


@dataclass
class Told:
    """What one wrong answer was told. how: named, itself, perhaps, nothing.

    place: the line of the hint, from 1; None without one.
    """

    exercise: Exercise
    name: str
    message: str
    how: str
    place: int | None

    @property
    def lines(self) -> int:
        return len(self.message.splitlines())


def told(exercise: Exercise, name: str, answer: Callable) -> Told:
    failed = judge(exercise, answer, None, (0,)).failed
    if failed is None:
        raise AssertionError(f"{exercise.id}, {name!r} is accepted")
    return Told(exercise, name, str(failed), *how(failed))


def how(failed: CheckFailed) -> tuple[str, int | None]:
    lines = str(failed).splitlines()
    for place, line in enumerate(lines, 1):
        for start, kind in HINTS.items():
            if line.startswith(start):
                return kind, place
    return ("itself" if failed.itself else "nothing"), None


def kept(folder: ModuleType) -> dict[str, dict[str, Callable]]:
    """The wrong answers of a folder of tests: exercise → name → answer."""
    found: dict[str, dict[str, Callable]] = {}
    for _, name, _ in pkgutil.iter_modules(folder.__path__):
        file = importlib.import_module(f"{folder.__name__}.{name}")
        for exercise, wrong in file.WRONG.items():
            found.setdefault(exercise, {}).update(wrong)
    return found


def misconceptions() -> dict[str, dict[str, Callable]]:
    return {
        exercise.id: {m.name: m.answer for m in exercise.misconceptions}
        for group in lessons().values()
        for exercise in group
    }


SOURCES = {
    "slips": lambda: kept(slips),
    "refused": lambda: kept(refused),
    "misconceptions": misconceptions,
}


def all_told(
    source: str, names: list[str], only: str = ""
) -> Iterator[tuple[str, list[Told]]]:
    """Lesson by lesson, what the wrong answers of a source are told."""
    wrong = SOURCES[source]()
    for lesson in names:
        exercises = [e for e in lessons()[lesson] if only in e.id]
        yield (
            lesson,
            [
                told(find(exercise.id), name, answer)
                for exercise in exercises
                for name, answer in wrong.get(exercise.id, {}).items()
            ],
        )


def row(came: list[Told]) -> list[str]:
    kinds = [one.how for one in came]
    lines = [one.lines for one in came]
    places = [one.place for one in came if one.place]
    return [
        str(len(came)),
        *(str(kinds.count(k)) for k in ("named", "itself", "perhaps")),
        str(kinds.count("nothing")),
        f"{statistics.median(lines):g} … {max(lines)}",
        f"{min(places)} … {max(places)}" if places else "",
    ]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.messages", description=__doc__
    )
    parser.add_argument(
        "lessons", nargs="*", metavar="NN", help="such as 07 (all)"
    )
    parser.add_argument(
        "--of", choices=SOURCES, action="append", help="(slips and refused)"
    )
    parser.add_argument("--read", action="store_true", help="the messages")
    parser.add_argument("--only", default="", help="exercises with this name")
    options = parser.parse_args(arguments)
    names = [n for n in lessons() if n[:2] in (options.lessons or [n[:2]])]
    console = Console(width=100)
    for source in options.of or SOURCES:
        table = Table(
            *("lesson", "answers", "named", "itself", "perhaps", "nothing"),
            *("lines", "hint in line"),
            title=source,
        )
        every: list[Told] = []
        found = track(
            all_told(source, names, options.only),
            source,
            total=len(names),
            console=Console(stderr=True),
        )
        for lesson, came in found:
            every += came
            if came:
                table.add_row(lesson, *row(came))
            for one in came if options.read else ():
                print(f"\n=== {one.exercise.id}: {one.name} [{one.how}]")
                print(one.message)
        if every:
            table.add_row("all", *row(every))
            console.print(table)


if __name__ == "__main__":
    main()
