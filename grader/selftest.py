"""Shows on this machine that the seal holds: `python -m grader.selftest`.

Every attack of grader/attacks/ is graded in a course of its own, in a
temporary folder, with things in it that it must neither read nor change.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import secrets
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import nbformat
import psutil
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from authoring.paths import lesson_path, solved_path
from grader import ahead, attacks, lane, submissions
from grader.attacks import LESSON, LOOT, Attack
from grader.journal import Journal
from grader.judging import Options
from grader.sealed import what_is_missing
from grader.session import TimeLimits
from grader.submissions import Graded, Release

AT_ONCE = 2
LIMITS = TimeLimits(cell=2, notebook=10)
# What a submission may cost whoever grades it: a little beyond the limits,
# and the memory of comparing a few hundred numbers.
SECONDS = LIMITS.notebook + 10.0
MEMORY = 500 * 2**20


@dataclass(frozen=True)
class Faced:
    """What came of an attack. broken: what did not hold, or ''."""

    name: str
    marks: float = 0.0
    seconds: float = 0.0
    broken: str = ""


# --- a course with something to lose ---------------------------------------


@cache
def release() -> Release:
    """The lesson as it is released."""
    return Release.of(LESSON, lesson_path(LESSON))


def furnish(root: Path) -> None:
    """A course in which Ann has solved everything, and its gradebook."""
    solved = solved_path(LESSON)
    for folder in ("solutions", "submitted/ann"):
        (root / folder / LESSON).mkdir(parents=True)
        shutil.copy(solved, root / folder / LESSON)
    with Journal(root) as journal:
        journal.seed("ann's")
    with closing(sqlite3.connect(root / "gradebook.db")) as db:
        db.execute("create table grade (student, manual_score)")
        db.execute("insert into grade values ('ann', 9)")
        db.commit()


def fingerprint(root: Path) -> dict[str, str]:
    """Path → digest of every file, but for the attack's own."""
    found = {}
    for where, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "mallory"]
        for path in (Path(where, name) for name in names):
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


# --- an attack -------------------------------------------------------------


def face(attack: Attack) -> Faced:
    """Grade an attack; what came of it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        root = Path(place)
        furnish(root)
        folder = root / "submitted" / "mallory" / LESSON
        attack.hand_in(
            nbformat.read(lesson_path(LESSON), as_version=4), folder
        )
        before, ours = fingerprint(root), processes()
        memory = Peak()
        began = time.monotonic()
        try:
            graded = grade(folder)
        except Exception as error:
            said = f"stopped the batch: {type(error).__name__}: {error}"
            return Faced(attack.name, broken=said[:200])
        seconds = time.monotonic() - began
        faults = [
            *unearned(attack, graded),
            *looted(graded),
            *changes(before, fingerprint(root)),
        ]
        if seconds > SECONDS:
            faults.append(f"took {seconds:.0f} s")
        if memory.grown() > MEMORY:
            faults.append(f"cost {memory.grown() // 2**20} MiB of memory")
        if left := left_behind(ours):
            faults.append(f"left {len(left)} processes behind")
        marks = sum(filter(None, graded.scores.values()))
        return Faced(attack.name, marks, seconds, "; ".join(faults))


def grade(folder: Path) -> Graded:
    """Grade what is in the folder, as far as to what is kept of it."""
    submission = submissions.read(folder, "mallory", LESSON)
    graded = lane.grade_here(
        submission, release(), secrets.randbits(63), Options(limits=LIMITS)
    )
    json.dumps(asdict(graded)).encode()
    graded.notebook.encode()
    return graded


def unearned(attack: Attack, graded: Graded) -> Iterator[str]:
    for cell, points in graded.scores.items():
        earned = attack.earns.get(cell, 0.0)
        if (points or 0.0) > earned:
            yield f"{points:g} points for {cell}"
        if points is not None and points < earned:
            yield f"{cell} lost its points"


def looted(graded: Graded) -> Iterator[str]:
    """What cells printed that they must not get at."""
    for cell in nbformat.reads(graded.notebook, as_version=4).cells:
        for output in cell.get("outputs", []):
            for line in output.get("text", "").splitlines():
                if line.startswith(LOOT):
                    yield line[:80]


def changes(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    for path in before.keys() | after.keys():
        if before.get(path) != after.get(path):
            yield f"changed {path}"


def processes() -> set[int]:
    """This process's descendants, dead ones that wait to be told of aside."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                found.add(process.pid)
    return found


def left_behind(before: set[int]) -> set[int]:
    """Processes that were not there before and are there to stay."""
    until = time.monotonic() + 3
    while (left := processes() - before) and time.monotonic() < until:
        time.sleep(0.02)
    return left


class Peak:
    """How much memory this process has come to use since."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")
        self.start = self._high()

    def _high(self) -> int:
        text = Path("/proc/self/status").read_text()
        return int(text.partition("VmHWM:")[2].split()[0]) * 1024

    def grown(self) -> int:
        return self._high() - self.start


# --- all of them -----------------------------------------------------------


def get_ready() -> None:
    """Start the sealed process, so that it is not taken for a remainder."""
    nothing = submissions.Submission("nobody", LESSON, {})
    lane.grade_here(nothing, release(), 0, Options(limits=LIMITS))


def face_named(name: str) -> Faced:
    return face(attacks.load()[name])


def face_all(names: list[str]) -> Iterator[Faced]:
    """Outcomes as they come; two attacks are faced at a time."""
    waiting = list(names)
    while waiting:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(ahead.preloaded(LESSON))
        pool = futures.ProcessPoolExecutor(AT_ONCE, context, get_ready)
        doing = {pool.submit(face_named, name): name for name in waiting}
        for outcome in outcomes(doing):
            waiting.remove(outcome.name)
            yield outcome
        # The first ones that are left held it up: on to the others without.
        for name in waiting[:AT_ONCE]:
            yield Faced(name, broken="killed or held up whoever graded it")
        del waiting[:AT_ONCE]
        # Nothing public ends a process that does not end by itself.
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(cancel_futures=True)


def outcomes(doing: dict[futures.Future, str]) -> Iterator[Faced]:
    """Outcomes, until all are there or nothing comes any more."""
    while doing:
        done, _ = futures.wait(doing, 3 * SECONDS, futures.FIRST_COMPLETED)
        errors = [future.exception() for future in done]
        if not done or any(isinstance(e, BrokenProcessPool) for e in errors):
            return
        for future in done:
            name, error = doing.pop(future), future.exception()
            failed = Faced(name, broken=f"the test failed: {error!r}")
            yield failed if error else future.result()


def table(faced: list[Faced], known: dict[str, Attack]) -> Table:
    made = Table("attack", "what it tries", "marks", "seconds", "the seal")
    for came in sorted(faced, key=lambda came: came.name):
        verdict = "[green]held[/green]"
        if came.broken:
            verdict = f"[red]BROKEN[/red]: {escape(came.broken)}"
        made.add_row(
            came.name,
            known[came.name].tries,
            f"{came.marks:g}",
            f"{came.seconds:.1f}",
            verdict,
        )
    return made


def run(console: Console, only: str = "") -> bool:
    """Run every attack and print a table. Whether the seal held.

    only: attacks with this in their names.
    """
    missing = what_is_missing()
    if missing:
        console.print(f"Cannot seal: {escape(missing)}.")
        return False
    known = attacks.load()
    names = [name for name in known if only in name]
    columns = TextColumn("Attacks"), BarColumn(), MofNCompleteColumn()
    came, began = [], time.monotonic()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(names))
        for outcome in face_all(names):
            came.append(outcome)
            progress.advance(task)
    console.print(table(came, known))
    broken = sum(bool(outcome.broken) for outcome in came)
    console.print(
        f"{len(came)} attacks in {time.monotonic() - began:.0f} s: "
        f"{len(came) - broken} held, {broken} broke something."
    )
    return bool(came) and not broken


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="grader.selftest",
        description="Grade hostile submissions, to show that the seal holds. "
        "Exit status 1: it does not, or the machine cannot seal.",
    )
    parser.add_argument(
        "--only", default="", metavar="NAME", help="part of an attack's name"
    )
    only = parser.parse_args(argv).only
    if not any(only in name for name in attacks.load()):
        parser.error(f"there is no attack {only!r}")
    return 0 if run(Console(), only) else 1


if __name__ == "__main__":
    sys.exit(main())
