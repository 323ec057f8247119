"""How fast a class is graded: sealed, by us, against plain nbgrader.

Both grade the same submissions of a lesson on the same cores: solved in
several forms, wrong in every known way, empty. All are honest, so both must
give the same marks. Stock nbgrader runs what learners hand in unsealed, and
the lesson's demonstrations, too.
"""

import argparse
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent import futures
from contextlib import ExitStack, chdir, suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import distributed
import nbformat
import psutil
from rich.console import Console
from rich.progress import Progress

from authoring import paths
from byhand.bank import lessons
from byhand.judge import judge
from tests import gates
from tests.end_to_end.course import Course
from tests.end_to_end.test_every_lesson import bring_mistakes, paste, rounds
from tests.exercises import forms
from tests.grader.conftest import free_port, running

TICK = 1.0  # seconds between two looks at memory and progress
STOCK = """
from byhand.environment import scripts_on_path

scripts_on_path()
c = get_config()
c.CourseDirectory.course_id = "attention-by-hand"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.GenerateAssignment.force = True
"""

# --- a class ---------------------------------------------------------------


def allowed(exercise) -> list[int]:
    """The places of the right forms that are by hand, which stock ignores."""
    return [
        place
        for place, form in enumerate(gates.forms(exercise))
        if not judge(exercise, form, None, (0,)).short_cuts
    ]


def kinds(lesson: str) -> list[dict[str, str]]:
    """Which answers stand in a notebook: grade_id → source, shuffled.

    Shuffled, so that the first few are like all of them.
    """
    exercises = lessons()[lesson]
    by_hand = {e: allowed(e) for e in exercises}
    made: list[dict[str, str]] = [{}]  # as it was handed out
    for number in range(max(map(len, by_hand.values()))):
        made.append(
            {
                name_of(e): (
                    f"from forms.{gates.file_of(e)} import FORMS\n\n"
                    f"{name_of(e)} = FORMS[{places[number % len(places)]}]\n"
                )
                for e, places in by_hand.items()
            }
        )
    for wrong in rounds(exercises):
        made.append(
            {name_of(e): paste(e, known.name) for e, known in wrong.items()}
        )
    random.Random(0).shuffle(made)
    return made


def name_of(exercise) -> str:
    return exercise.function


def hand_in(course: Course, number: int, answers: dict[str, str]) -> None:
    """Hand in a notebook like no other, and the files that it imports."""
    student = f"learner{number:04}"
    make = course.solved if answers else course.empty
    nb = make(**answers)
    nb.cells.append(nbformat.v4.new_code_cell(f"# I am number {number}."))
    course.submit(student, nb)
    bring_mistakes(course, student, course.lesson)
    shutil.copytree(
        Path(forms.__path__[0], course.lesson.partition("_")[2]),
        course.folder(student) / "forms",
        ignore=shutil.ignore_patterns("__pycache__"),
    )


def entered(
    root: Path, lesson: str, size: int, config: str | None = None
) -> Course:
    """A class of that size: entered in the gradebook and handed in.

    config: nbgrader's; by default the project's own, on all cores, where the
    tests' takes one.
    """
    root.mkdir()
    course = Course(root, lesson)
    if config is None:
        config = (paths.ROOT / "nbgrader_config.py").read_text("utf-8")
    (root / "nbgrader_config.py").write_text(config, "utf-8")
    made = course.nbgrader("generate_assignment", lesson, "--create")
    if made.returncode:
        raise SystemExit(made.stderr)
    known = kinds(lesson)
    for number in range(size):
        hand_in(course, number, known[number % len(known)])
    return course


# --- measured --------------------------------------------------------------


@dataclass
class Run:
    """A class that was graded. memory: the most at a time, in bytes."""

    size: int
    seconds: float
    memory: int

    @property
    def a_minute(self) -> float:
        return 60 * self.size / self.seconds

    @property
    def each(self) -> float:
        return self.seconds / self.size

    def line(self, who: str) -> str:
        return (
            f"{who:<8}{self.size:>13}{self.seconds:>10.1f}"
            f"{self.a_minute:>12.1f}{self.each:>14.3f}"
            f"{self.memory / 2**20:>14.0f}"
        )


HEAD = (
    f"{'':<8}{'submissions':>13}{'seconds':>10}{'a minute':>12}"
    f"{'seconds each':>14}{'peak MiB':>14}"
)


def memory() -> int:
    """Bytes of all processes below this one, shared pages counted once."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total


def grade(course: Course, size: int, program: str, *more: str) -> Run:
    """Have a class graded by nbgrader or grader, its start included.

    more: arguments of the command.
    """
    done = course.root / "autograded"
    console = Console(stderr=True)
    began, most = time.monotonic(), 0
    with (
        Progress(console=console, transient=True) as progress,
        futures.ThreadPoolExecutor(1) as pool,
    ):
        task = progress.add_task(program, total=size)
        act = getattr(course, program)
        ran = pool.submit(act, "autograde", course.lesson, *more)
        while not ran.done():
            most = max(most, memory())
            progress.update(task, completed=len([*done.glob("learner*")]))
            futures.wait([ran], TICK)
    seconds = time.monotonic() - began
    if ran.result().returncode:
        raise SystemExit(ran.result().stderr)
    return Run(size, seconds, most)


def same_marks(stock: Course, ours: Course) -> None:
    """SystemExit: the two do not agree on a cell."""
    given, expected = ours.scores(), stock.scores()
    wrong = [
        f"{student}: stock {expected[student]}, ours {given[student]}"
        for student in expected
        if given[student] != expected[student]
    ]
    if wrong:
        raise SystemExit("\n".join(["The marks differ.", *wrong]))


def on_dask(ours: Course, place: Path, size: int, workers: int) -> Run:
    """Grade the same class once more, on a Dask cluster of this machine.

    It is there already, and its workers have graded nothing yet.
    """
    course = entered(place / "dask", ours.lesson, size)
    address = f"tcp://127.0.0.1:{free_port()}"
    with running(place, address, workers):
        with distributed.Client(address, timeout=60) as client:
            client.wait_for_workers(workers, timeout=60)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        spread = grade(course, size, "grader", "--scheduler", address)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(spread.line("Dask"))
    same_marks(ours, course)
    own = sum(after[:2]) - sum(before[:2])
    print(
        f"its coordinator took {own:.1f} s of CPU, so that more machines give "
        f"at most {60 * size / own:.0f} a minute"
    )
    return spread


class Round(NamedTuple):
    """The same class, graded by each; None: by them it was not."""

    stock: Run | None
    ours: Run
    dask: Run | None


def bench(lesson: str, size: int, stock_size: int, workers: int) -> Round:
    """Grade so many with ours, and the first of them with stock.

    workers: of a Dask cluster that grades them again; 0: none.
    """
    stock = dask = None
    with tempfile.TemporaryDirectory() as place:
        ours = entered(Path(place, "ours"), lesson, size)
        print(HEAD)
        if stock_size:
            there = entered(Path(place, "stock"), lesson, stock_size, STOCK)
            stock = grade(there, stock_size, "nbgrader")
            print(stock.line("stock"))
        fast = grade(ours, size, "grader")
        print(fast.line("ours"), flush=True)
        if stock_size:
            same_marks(there, ours)
        if workers:
            dask = on_dask(ours, Path(place), size, workers)
    return Round(stock, fast, dask)


def report(rounds: list[Round]) -> str:
    """What the rounds came to: each figure's median, and its range."""
    figures: dict[str, tuple[int, list[float]]] = {
        "seconds each, ours": (3, [r.ours.each for r in rounds]),
        "peak MiB, ours": (0, [r.ours.memory / 2**20 for r in rounds]),
        "seconds each, nbgrader": (
            3,
            [r.stock.each for r in rounds if r.stock],
        ),
        "times nbgrader": (
            1,
            [r.stock.each / r.ours.each for r in rounds if r.stock],
        ),
        "seconds each, Dask": (3, [r.dask.each for r in rounds if r.dask]),
        "Dask, times ours": (
            2,
            [r.dask.each / r.ours.each for r in rounds if r.dask],
        ),
    }
    lines = [f"{'':<24}{'median':>8}   range of {len(rounds)}"]
    for what, (digits, values) in figures.items():
        if values:
            middle, *ends = (
                f"{value:.{digits}f}"
                for value in (
                    statistics.median(values),
                    min(values),
                    max(values),
                )
            )
            lines.append(f"{what:<24}{middle:>8}   {' to '.join(ends)}")
    return "\n".join(lines)


# --- where the time goes ---------------------------------------------------


class Stopwatch:
    """Seconds in functions, those in a timed function that they call aside."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.within = 0.0

    def timed(self, step: str, function: Callable) -> Callable:
        @wraps(function)
        def wrapper(*inputs: Any, **named: Any) -> Any:
            outside, self.within = self.within, 0.0
            began = time.perf_counter()
            try:
                return function(*inputs, **named)
            finally:
                took = time.perf_counter() - began
                self.seconds[step] += took - self.within
                self.within = outside + took

        return wrapper


class Here(futures.Executor):
    """Does at once, in this process, what it is asked to do."""

    def submit(self, function: Callable, *inputs: Any) -> futures.Future:
        done: futures.Future = futures.Future()
        done.set_result(function(*inputs))
        return done


def steps() -> list[tuple[str, Any, str]]:
    """(what it is, where it is, its name) of what is timed."""
    from grader import (
        classrun,
        gradebook,
        judging,
        sealed,
        session,
        submissions,
    )
    from grader.journal import Journal

    return [
        ("starting: the nursery", sealed.Nursery, "wait"),
        ("reading what was handed in", submissions, "read"),
        ("parsing it", judging, "parse"),
        ("putting it in order", judging, "put_in_order"),
        ("fork and seal", sealed.Nursery, "worker"),
        ("running cells", session.Session, "run"),
        ("judging: here", judging, "judged"),
        ("judging: answers, in the seal", session.Answer, "__call__"),
        ("judging: right ones in place", session.Session, "replace"),
        ("ending the process", session.Session, "close"),
        ("the rest of grading", judging, "grade"),
        ("recording: the notebook", classrun.ClassRun, "_write"),
        ("recording: the gradebook", gradebook, "record"),
        ("recording: the journal", Journal, "keep"),
        ("recording: the journal", Journal, "note_recorded"),
        ("the rest", classrun.ClassRun, "run"),
    ]


def profile(lesson: str, size: int) -> None:
    """Grade a class in this process, and show where the time goes."""
    from grader import __main__ as command
    from grader import lane, lanes

    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        course = entered(Path(place, "ours"), lesson, size)
        put = stack.enter_context
        put(mock.patch.object(lanes.Lanes, "_pool", lambda _: Here()))
        for step, owner, name in steps():
            watch.seconds[step] = 0.0  # not every class comes by each
            timed = watch.timed(step, getattr(owner, name))
            put(mock.patch.object(owner, name, timed))
        put(chdir(course.root))
        stack.callback(lane.close)
        command.main(["autograde", lesson, "--jobs", "1"])
    print(f"{'milliseconds of a submission':<34}{size:>6} submissions")
    for step, seconds in watch.seconds.most_common():
        print(f"{step:<34}{1000 * seconds / size:>10.1f}")
    print(f"{'all':<34}{1000 * watch.seconds.total() / size:>10.1f}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.grading",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--lesson",
        default="07",
        metavar="NN",
        help="of which lesson (default: 07)",
    )
    parser.add_argument(
        "--submissions",
        type=int,
        default=100,
        metavar="N",
        help="how many (default: 100)",
    )
    parser.add_argument(
        "--stock-submissions",
        type=int,
        metavar="M",
        help="how many of them stock nbgrader grades (default: all)",
    )
    parser.add_argument(
        "--ours-only", action="store_true", help="leave stock nbgrader out"
    )
    parser.add_argument(
        "--dask",
        type=int,
        default=0,
        metavar="N",
        help="grade them on a Dask cluster of N workers here, too",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=1,
        metavar="N",
        help="do all of it so many times, and show medians and ranges "
        "(default: 1)",
    )
    parser.add_argument(
        "--profile",
        action="store_true",
        help="show where the time of a submission goes, in one process",
    )
    options = parser.parse_args(arguments)
    size, stock_size = options.submissions, options.stock_submissions
    stock_size = size if stock_size is None else stock_size
    if size < 1 or not 1 <= stock_size <= size:
        parser.error("N must be at least 1, and M between 1 and N")
    if options.rounds < 1:
        parser.error(
            f"--rounds must be at least 1, but it is {options.rounds}"
        )
    found = [name for name in lessons() if name.startswith(options.lesson)]
    if len(found) != 1:
        parser.error(f"no lesson {options.lesson!r}; there are 00 to 23")
    if options.profile:
        profile(found[0], size)
    else:
        stock_size = 0 if options.ours_only else stock_size
        rounds = [
            bench(found[0], size, stock_size, options.dask)
            for _ in range(options.rounds)
        ]
        print(report(rounds))


if __name__ == "__main__":
    main()
