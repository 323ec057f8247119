"""Grade a whole class: what nbgrader's `autograde` and our own command run.

Submissions go to lanes (processes here, or a Dask cluster), verdicts come
back, and only this process writes: the journal, the graded notebooks and the
gradebook, in an order that bears being killed anywhere.
"""

import contextlib
import dataclasses
import fnmatch
import hashlib
import os
import shutil
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import filelock
import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.apps.generatefeedbackapp
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from sqlalchemy.exc import SQLAlchemyError
from traitlets import Bool, Integer, Unicode

from grader import (
    ahead,
    gradebook,
    lane,
    one_exercise,
    pages,
    sealed,
    submissions,
)
from grader.cluster import NoCluster
from grader.feedback import Feedback
from grader.journal import Journal, only_one
from grader.judging import Options
from grader.lanes import Lanes
from grader.session import TimeLimits
from grader.submissions import Graded, Submission

UNSEALED = "Graded without a seal."
PLAIN_TEXT = (
    "Anyone who reaches %s can read what was handed in and forge marks. "
    "Encrypt it: docs/grading.md says how, under TLS."
)
# Read ahead by so many submissions a lane: enough to keep it busy, and no
# more, so that a large class needs no more memory than a small one.
_AHEAD = 2


def use_for_nbgrader() -> None:
    """Let nbgrader grade with us: its command, its API and its formgrader.

    The class is the one place where all three pass; nbgrader has no setting
    for it.
    """
    nbgrader.apps.autogradeapp.Autograde = SealedAutograde
    nbgrader.apps.api.Autograde = SealedAutograde
    nbgrader.apps.generatefeedbackapp.GenerateFeedback = Feedback
    nbgrader.apps.api.GenerateFeedback = Feedback
    # In Jupyter's server, which imports it before it reads any configuration.
    formgrader: Any = sys.modules.get(
        "nbgrader.server_extensions.formgrader.formgrader"
    )
    if formgrader:
        formgrader.HTMLExporter = pages.Formgrader


class CannotGoOn(NbGraderException):
    """Something else than a submission keeps the run from its work."""


def reason(error: Exception) -> str:
    """What the system says about a file or a database, in a line."""
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror or error}{where}"
    told = getattr(error, "orig", None) or error
    return " ".join(str(told).split())[:300]


class SealedAutograde(Autograde):
    """nbgrader's autograder, with learners' code sealed and judged outside."""

    by_hand = Bool(
        True, help="Refuse library calls that do a whole exercise."
    ).tag(config=True)
    sealed = Bool(
        True, help="False: run learners' code with your own rights."
    ).tag(config=True)
    jobs = Integer(
        0, help="Processes that grade at a time; 0: one a core."
    ).tag(config=True)
    scheduler = Unicode(
        "", help="A Dask scheduler to grade on, such as tcp://host:8786."
    ).tag(config=True)
    tls_ca = Unicode(
        "", help="The certificate of a tls:// scheduler's authority."
    ).tag(config=True)
    tls_cert = Unicode("", help="Our certificate for it.").tag(config=True)
    tls_key = Unicode("", help="Its key, if in another file.").tag(config=True)
    exercise = Unicode(
        "", help="Grade this one alone; other marks stay as they are."
    ).tag(config=True)
    cell_seconds = Integer(
        TimeLimits.cell, help="How long a learner's cell may run."
    ).tag(config=True)
    notebook_seconds = Integer(
        TimeLimits.notebook, help="How long a learner's notebook may run."
    ).tag(config=True)

    def start(self) -> None:
        """Grade. NbGraderException: something could not be graded."""
        if self.scheduler and not self.scheduler.startswith("tls://"):
            self.log.warning(PLAIN_TEXT, self.scheduler)
        ahead.begin(
            self.coursedir.assignment_id,
            self.sealed,
            self.scheduler,
            self.certificates(),
        )
        try:
            summary = ClassRun(self).run()
        except (
            gradebook.CannotBegin,
            gradebook.Locked,
            NoCluster,
            sealed.CannotSeal,
        ) as error:
            message = str(error)
            if isinstance(error, sealed.CannotSeal) and self.sealed:
                message = (
                    f"Cannot seal: {error}. Nothing was graded. To grade "
                    "without a seal, with learners' code running as you: "
                    "`grader autograde --unsealed`."
                )
            self.log.error(message)
            raise NbGraderException(message) from None
        except (OSError, sqlite3.Error, SQLAlchemyError) as error:
            message = (
                f"Stopped: {reason(error)}. What was graded so far is kept; "
                "make room or give the rights, and run this again."
            )
            self.log.error(message)
            raise CannotGoOn(message) from None
        finally:
            ahead.end()
        for line in summary.lines():
            self.log.info(line)
        if summary.given_up:
            raise NbGraderException("; ".join(summary.given_up))

    def certificates(self) -> ahead.Certificates:
        return self.tls_ca, self.tls_cert, self.tls_key

    def options(self) -> Options:
        return Options(
            by_hand=self.by_hand,
            sealed=self.sealed,
            limits=TimeLimits(
                cell=self.cell_seconds, notebook=self.notebook_seconds
            ),
        )


@dataclass
class Summary:
    """What a run did, to be told at its end."""

    lesson: str
    graded: int = 0
    reused: int = 0
    unchanged: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    given_up: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def lines(self) -> list[str]:
        lines = [
            f"{self.lesson}: {self.graded} graded, {self.unchanged} unchanged "
            f"since they were graded, in {self.seconds:.1f} s."
        ]
        if self.reused:
            lines.append(
                f"{self.reused} had been graded before and were entered now."
            )
        lines += [f"{n} × {why}" for why, n in self.problems.most_common()]
        return lines + [f"NOT graded: {what}" for what in self.given_up]

    def note(self, graded: Graded) -> None:
        if graded.problem:
            self.problems["a notebook that cannot be graded"] += 1
        self.problems.update(graded.stopped)


class ClassRun:
    """One run of grading one lesson."""

    def __init__(self, converter: SealedAutograde) -> None:
        self.converter = converter
        self.course = converter.coursedir
        self.lesson = self.course.assignment_id
        self.root = Path(self.course.root)
        if not self.lesson or Path(self.lesson).name != self.lesson:
            raise gradebook.CannotBegin(f"{self.lesson!r} is no lesson's name")
        self.options = converter.options()
        self.summary = Summary(self.lesson)
        self.console = Console(stderr=True)
        self.penalties = AssignLatePenalties(parent=converter)
        self.penalties.init_plugin()

    def say(self, message: str) -> None:
        self.console.print(message, highlight=False)

    def run(self) -> Summary:
        began = time.monotonic()
        if sys.platform == "win32":
            raise gradebook.CannotBegin(
                "grading needs to fork, which Windows cannot; use WSL"
            )
        if self.options.sealed:
            missing = sealed.what_is_missing()
            seen = sealed.in_view(self.root)
            if seen:
                missing = (
                    f"the course lies in {seen}, which learners' code can "
                    "read; move it somewhere else"
                )
            if missing:
                raise sealed.CannotSeal(missing)
        with (
            self._alone(),
            Journal(self.root) as self.journal,
            gradebook.opened(
                self.course.db_url, self.course.course_id, self.say
            ) as self.book,
        ):
            self.release = gradebook.release(
                self.book, self.lesson, self._source()
            )
            exercise = self.converter.exercise
            self.only = one_exercise.cells_of(self.release, exercise)
            if exercise and not self.only:
                raise gradebook.CannotBegin(
                    f"{self.lesson} has no exercise {exercise}"
                )
            what = f"{lane.bank()} {self.release.digest()} {self.options}"
            what += exercise
            self.bank = hashlib.sha256(what.encode()).hexdigest()
            self._grade_all(self._folders())
        self.summary.seconds = time.monotonic() - began
        return self.summary

    # --- where things are --------------------------------------------------

    def _path(self, step: str, student: str) -> Path:
        return Path(self.course.format_path(step, student, self.lesson))

    def _source(self) -> Path:
        folder = self._path(self.course.source_directory, ".")
        return folder / f"{self.lesson}.ipynb"

    def _folders(self) -> dict[str, Path]:
        """Each student who is to be graded, and their folder."""
        base = self._path(self.course.submitted_directory, ".").parent
        excluded = self.course.student_id_exclude.split(",")
        found = {}
        for entry in sorted(base.iterdir()) if base.is_dir() else []:
            if submissions.clean(entry.name) != entry.name:
                self.summary.given_up.append(
                    f"{submissions.clean(entry.name)!r}: its name is not UTF-8"
                )
                continue
            folder = self._path(self.course.submitted_directory, entry.name)
            if (
                os.path.lexists(folder)
                and fnmatch.fnmatch(entry.name, self.course.student_id)
                and entry.name not in excluded
            ):
                found[entry.name] = folder
        if not found:
            raise gradebook.CannotBegin(
                f"nobody has handed in {self.lesson}: there is no folder "
                f"{self.course.submitted_directory}/NAME/{self.lesson} for "
                f"{self.course.student_id!r} in {self.root}"
            )
        return found

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait for whoever else is grading this lesson."""
        lock = only_one(self.root, self.lesson)
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            self.say(f"{self.lesson} is being graded already; waiting.")
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    # --- grading -----------------------------------------------------------

    def _grade_all(self, folders: dict[str, Path]) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console) as progress:
            task = progress.add_task(self.lesson, total=len(folders))
            work = Lanes(
                self.converter.scheduler,
                self.converter.jobs,
                lambda: progress.advance(task),
                self.converter.certificates(),
                ahead.nursery(),
            )
            beside = self._beside()
            with work:
                for student, folder in folders.items():
                    if self._is_stranger(student):
                        work.step()
                        continue
                    submission = submissions.read(folder, student, self.lesson)
                    submission.files.update(beside)
                    self._consider(submission, work)
                    for done in work.finished(at_most=work.width * _AHEAD):
                        self._finish(*done)
                for done in work.finished(at_most=0):
                    self._finish(*done)

    def _is_stranger(self, student: str) -> bool:
        """Whether somebody is in no roster, and is not to be entered."""
        if self.converter.create_student or gradebook.is_student(
            self.book, student
        ):
            return False
        self.summary.given_up.append(
            f"{student}: the gradebook has no such student, and "
            "Autograde.create_student is False"
        )
        return True

    def _beside(self) -> dict[str, bytes]:
        """The files that the instructor put beside the lesson, such as data.

        They stand in place of a learner's, as nbgrader has it.
        """
        folder = self._source().parent
        files = submissions.read(folder, "", self.lesson).files
        return {n: f for n, f in files.items() if not n.endswith(".ipynb")}

    def _consider(self, submission: Submission, work: Lanes) -> None:
        """Grade a submission, unless that was done already."""
        digest = submission.digest()
        force = self.converter.force
        if not force and self._is_done(submission, digest):
            gradebook.penalise(
                self.book, self.lesson, submission.student, self._penalty
            )
            self.summary.unchanged += 1
            work.step()
            return
        known = None if force else self.journal.verdict(digest, self.bank)
        if known:
            self._enter(submission, digest, known)
            self.summary.reused += 1
            work.step()
            return
        self._hook(submission, self.converter.run_pre_convert_hook)
        seed = self.journal.seed(digest)
        work.submit(submission, self.release, seed, self.options)

    def _is_done(self, submission: Submission, digest: str) -> bool:
        """Whether its verdict was entered and is still where it was put."""
        student = submission.student
        return (
            self.journal.is_recorded(student, self.lesson, digest, self.bank)
            and self._graded_path(submission).exists()
            and gradebook.has(self.book, self.lesson, student)
        )

    def _finish(
        self, submission: Submission, graded: Graded | Exception
    ) -> None:
        digest = submission.digest()
        if isinstance(graded, sealed.CannotSeal):
            raise graded
        if isinstance(graded, Exception):
            self.summary.given_up.append(
                f"{submission.student}: {type(graded).__name__}: {graded}"
            )
            return
        student = submission.student
        before = self.journal.last(student, self.lesson, digest)
        if self.only and before and not (before.problem or graded.problem):
            graded = one_exercise.merged(before, graded, self.only)
        self.journal.keep(digest, self.bank, graded)
        self._enter(submission, digest, graded)
        self.summary.graded += 1

    def _enter(
        self, submission: Submission, digest: str, graded: Graded
    ) -> None:
        """Write the graded notebook, then the marks, then that it is done."""
        self.summary.note(graded)
        self._write(submission, graded)
        note = "" if self.options.sealed else UNSEALED
        if self.only and self.journal.last(
            submission.student, self.lesson, digest
        ):  # marks that a person gave to others do not wait to be seen again
            scores = {name: graded.scores[name] for name in self.only}
            entered = dataclasses.replace(graded, scores=scores, comments={})
        else:
            entered = graded
        gradebook.patiently(
            lambda: gradebook.record(
                self.book, submission, entered, note, self._penalty
            ),
            self.say,
            self.book.db.rollback,
        )
        self.journal.note_recorded(
            submission.student, self.lesson, digest, self.bank
        )
        self._hook(submission, self.converter.run_post_convert_hook)

    def _hook(self, submission: Submission, run: Callable) -> None:
        """Call one of nbgrader's hooks, which reads the student there."""
        before, course = self.course.student_id, self.course
        course.student_id = submission.student
        self.converter.notebooks = [str(self._graded_path(submission))]
        try:
            run()
        finally:
            course.student_id = before

    def _penalty(self, student: str, score: float, late: float) -> Any:
        plugin = self.penalties.plugin_inst
        penalty = plugin.late_submission_penalty(student, score, late)
        if penalty is None:
            return None
        return min(max(penalty, 0), score)

    def _graded_path(self, submission: Submission) -> Path:
        folder = self._path(
            self.course.autograded_directory, submission.student
        )
        return folder / submission.notebook

    def _write(self, submission: Submission, graded: Graded) -> None:
        """Into a folder beside, which then takes the old one's place."""
        folder = self._graded_path(submission).parent
        files = dict(submission.files)
        files[submission.notebook] = graded.notebook.encode()
        fresh = folder.with_name(f".{folder.name}.new")
        old = folder.with_name(f".{folder.name}.old")
        for rest in (fresh, old):  # of a run that was killed
            shutil.rmtree(rest, ignore_errors=True)
        for name, content in files.items():
            if (
                "/" not in name
                and name.endswith(".ipynb")
                and (name != submission.notebook)
            ):
                continue  # nbgrader would look for it in the gradebook
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(int(str(self.converter.permissions), 8))
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
