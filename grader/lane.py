"""Where submissions are graded: one at a time in each of several processes.

`grade_here` is all that a process, on this machine or another, is asked to
do. Whatever it needs for that it makes at the first call and keeps.
"""

import hashlib
import multiprocessing
import os
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import byhand
import grader
from byhand.bank import lessons
from grader import judging
from grader.sealed import CannotSeal, Nursery
from grader.submissions import Graded, Release, Submission

# An answer's output is caught by redirecting the process's, so no two may be
# judged in one process at a time.
_one_at_a_time = threading.Lock()
_nursery: Nursery | None = None


def prepare() -> None:
    """Import the exercises; one thread, as there is a lane for each core."""
    import torch

    torch.set_num_threads(1)
    lessons()


def end_with_parent() -> None:
    """Let this process end when the one that started it is killed.

    A pool's processes would wait for work for ever.
    """

    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def grade_here(
    submission: Submission,
    release: Release,
    seed: int,
    options: judging.Options,
) -> Graded:
    """Grade a submission in this process.

    CannotSeal: the machine cannot; nothing was run.
    """
    global _nursery
    with _one_at_a_time:
        for again in (True, False):
            if _nursery and _nursery.sealed != options.sealed:
                # A process on a cluster outlives a run, and the next one may
                # be sealed where this one was not.
                _nursery.close()
                _nursery = None
            if _nursery is None or not _nursery.alive():
                # It imports while we do.
                _nursery = Nursery(options.sealed)
                prepare()
                _nursery.wait()
            try:
                return judging.grade(
                    _nursery, submission, release, seed, options
                )
            except CannotSeal:
                # Whatever killed it (memory, most likely) may be over.
                _nursery.close()
                _nursery = None
                if not again:
                    raise
    raise AssertionError("either returned or raised")


@cache
def bank() -> str:
    """A digest of the code that a verdict may depend on.

    Of all of it: a file that is forgotten in a list would leave verdicts that
    are wrong by now, and one too many only costs grading a class again.
    """
    digest = hashlib.sha256()
    for package in (byhand, grader):
        root = Path(str(package.__file__)).parent
        for path in sorted(_code(root)):
            name = path.relative_to(root.parent).as_posix()
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _code(root: Path) -> Iterator[Path]:
    """A package's files, but for compiled ones and for attacks on it."""
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        if path.is_file() and not {"__pycache__", "attacks"} & {*parts}:
            yield path
