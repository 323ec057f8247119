"""Where submissions are graded: one at a time in each of several processes.

`told` is all that a process, on this machine or another, is asked to do, and
`heard` reads what it says, in the process that asks. What it needs for that
it makes at the first call and keeps.
"""

import contextlib
import hashlib
import json
import multiprocessing
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import byhand
import grader
from byhand import bank as exercises
from grader import ahead, judging
from grader.sealed import CannotSeal, Door, Nursery
from grader.submissions import (
    CODE,
    Graded,
    Release,
    Submission,
)

# An answer's output is caught by redirecting the process's, so no two may be
# judged in one process at a time.
_one_at_a_time = threading.Lock()
# By whether they are sealed, and whether they have imported PyTorch.
_doors: dict[tuple[bool, bool], Door] = {}
_shared: Door | None = None


def begin(door: Door | None) -> None:
    """What a process does that is to be a lane on this machine.

    door: to the nursery that all its lanes share, if there is one.
    """
    global _shared
    _shared = door
    _end_with_parent()


def _end_with_parent() -> None:
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
    with _one_at_a_time:
        for again in (True, False):
            opened = judging.opened(submission)
            torch = wants_torch(opened, release)
            door = _door(options.sealed, torch, release.lesson)
            try:
                return judging.grade(door, opened, release, seed, options)
            except CannotSeal:
                # Whatever killed it (memory, most likely) may be over.
                door.close()
                del _doors[options.sealed, torch]
                if not again:
                    raise
    raise AssertionError("either returned or raised")


def prepare(lesson: str, is_sealed: bool) -> str:
    """Import what grading a lesson needs, while nothing is there to grade."""
    with _one_at_a_time, contextlib.suppress(CannotSeal):
        # Why it cannot, the first submission will be told.
        _door(is_sealed, ahead.needs_torch(lesson), lesson)
    return ""


def told(*job: Any) -> str:
    """What comes of `grade_here`, as JSON: a lane's word is plain values."""
    try:
        return json.dumps({"graded": asdict(grade_here(*job))})
    except CannotSeal as error:
        return json.dumps({"cannot_seal": str(error)})
    except Exception as error:  # whatever it is, it is one submission's
        return json.dumps({"failed": f"{type(error).__name__}: {error}"})


def heard(said: str, release: Release) -> Graded:
    """The verdict that a lane told, made of plain values of the right kind.

    No score is above its cell's points, whoever is at the other end.
    CannotSeal: the lane could not. RuntimeError: there is no verdict.
    """
    try:
        came = json.loads(said, parse_constant=_no_number)
        if "cannot_seal" in came:
            raise CannotSeal(str(came["cannot_seal"]))
        if "failed" in came:
            raise RuntimeError(str(came["failed"])[:500])
        return _checked(Graded(**came["graded"]), release)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RuntimeError(f"a lane told no verdict ({error})") from None


def _no_number(name: str) -> None:
    raise ValueError(f"a verdict with {name}")


def _checked(graded: Graded, release: Release) -> Graded:
    """ValueError, TypeError and the like: it is not what a lane tells."""
    most = {c.name: c.points or 0.0 for c in release.cells if c.grade}
    answers = {cell.name for cell in release.cells if cell.solution}
    graded.scores = {
        name: None if score is None else min(max(score, 0.0), most[name])
        for name, score in graded.scores.items()
        if name in most
    }
    graded.comments = {
        name: said
        for name, said in graded.comments.items()
        if name in answers and isinstance(said, str | None)
    }
    for finding in graded.findings:
        finding["points"] = graded.scores[finding["cell"]]
        finding["most"] = most[finding["cell"]]
    texts = [graded.notebook, graded.problem, *graded.stopped]
    texts += [f[n] for f in graded.findings for n in ("exercise", "message")]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("something else where a text should be")
    return graded


def wants_torch(opened: judging.Opened, release: Release) -> bool:
    """Whether a submission's cells are run where PyTorch is imported already.

    It is for lessons that are judged with it, and for learners who import it
    themselves: in every worker anew that would take seconds.
    """
    return (
        exercises.needs_torch(release.slug)
        or any(
            "torch" in cell.source
            for cell in opened.notebook.cells
            if cell.cell_type == CODE
            and cell.source not in release.demonstrations
        )
        or any(
            b"torch" in content
            for name, content in opened.submission.files.items()
            if name != opened.submission.notebook
        )
    )


def _door(sealed: bool, torch: bool, lesson: str) -> Door:
    """The one that this process keeps, or a new one."""
    kept = _doors.get((sealed, torch))
    if kept and kept.alive():
        return kept
    if kept:
        kept.close()
    made = _beside(sealed, torch) or _own(sealed, torch, lesson)
    _doors[sealed, torch] = made
    return made


def _beside(sealed: bool, torch: bool) -> Door | None:
    """A door to the nursery that the lanes here share, while there is one."""
    if not (_shared and _shared.sealed == sealed and _shared.alive()):
        return None
    with contextlib.suppress(CannotSeal):
        made = _shared.beside(torch)
        made.wait()
        return made
    return None


def _own(sealed: bool, torch: bool, lesson: str) -> Nursery:
    made = Nursery(sealed, torch)
    # It imports while we do.
    with contextlib.suppress(ModuleNotFoundError):
        exercises.lesson(lesson.partition("_")[2])
    made.wait()
    return made


def close() -> None:
    """End the sealed processes that this one keeps."""
    for door in _doors.values():
        door.close()
    _doors.clear()


@cache
def bank() -> str:
    """A digest of the code that a verdict may depend on.

    Of all of it: a file that is forgotten in a list would leave verdicts that
    are wrong by now, and one too many only costs grading a class again.
    """
    digest = hashlib.sha256()
    for package in (byhand, grader):
        root = Path(str(package.__file__)).parent
        for path in sorted(code(root)):
            name = path.relative_to(root.parent).as_posix()
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def code(root: Path) -> Iterator[Path]:
    """A package's files, but for compiled ones and for attacks on it."""
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        if path.is_file() and not {"__pycache__", "attacks"} & {*parts}:
            yield path
