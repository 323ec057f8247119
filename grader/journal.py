"""What has been graded: survives `kill -9`, so that nothing is done twice.

A verdict is filed under what it depends on, the submission's content and the
bank (exercises, release, options). What was entered in the gradebook is noted
after it was, so that at worst the same verdict is entered again.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock

from grader.submissions import Graded

FOLDER = ".grading"

_TABLES = """
create table if not exists verdict (
    submission text, bank text, graded text not null,
    primary key (submission, bank)
);
create table if not exists drawn (
    submission text primary key, seed integer not null
);
create table if not exists recorded (
    student text, lesson text, submission text not null, bank text not null,
    primary key (student, lesson)
);
"""


class Journal:
    """The journal of a course, in its root. Use it as a context."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.db = sqlite3.connect(self.folder / "journal.db", timeout=600)
        # Safe from kill -9, if not from a power cut: it is graded again then.
        self.db.execute("pragma journal_mode = wal")
        self.db.execute("pragma synchronous = normal")
        self.db.executescript(_TABLES)
        self.fresh = secrets.randbits(63)  # an integer of SQLite's

    def seed(self, submission: str) -> int:
        """The seed of a submission's inputs: the same whenever it is graded.

        All that are graded for the first time in one run share it: what is
        right on these inputs, and what known mistakes come to, is computed
        once. Nobody can have seen anything of it. What is changed by a letter
        after a run's feedback has another.
        """
        with self.db:
            self.db.execute(
                "insert or ignore into drawn values (?, ?)",
                (submission, self.fresh),
            )
        (seed,) = self.db.execute(
            "select seed from drawn where submission = ?", (submission,)
        ).fetchone()
        return int(seed)

    def verdict(self, submission: str, bank: str) -> Graded | None:
        row = self.db.execute(
            "select graded from verdict where submission = ? and bank = ?",
            (submission, bank),
        ).fetchone()
        return Graded(**json.loads(row[0])) if row else None

    def last(
        self, student: str, lesson: str, submission: str
    ) -> Graded | None:
        """What a student's last grading came to, if it was of this."""
        row = self.db.execute(
            "select graded from recorded natural join verdict "
            "where student = ? and lesson = ? and submission = ?",
            (student, lesson, submission),
        ).fetchone()
        return Graded(**json.loads(row[0])) if row else None

    def keep(self, submission: str, bank: str, graded: Graded) -> None:
        with self.db:
            self.db.execute(
                "insert or replace into verdict values (?, ?, ?)",
                (submission, bank, json.dumps(asdict(graded))),
            )

    def is_recorded(
        self, student: str, lesson: str, submission: str, bank: str
    ) -> bool:
        row = self.db.execute(
            "select submission, bank from recorded "
            "where student = ? and lesson = ?",
            (student, lesson),
        ).fetchone()
        return row == (submission, bank)

    def note_recorded(
        self, student: str, lesson: str, submission: str, bank: str
    ) -> None:
        with self.db:
            self.db.execute(
                "insert or replace into recorded values (?, ?, ?, ?)",
                (student, lesson, submission, bank),
            )

    def recorded(self, lesson: str) -> Iterator[tuple[str, Graded]]:
        """Each student and what their last grading came to, by name."""
        rows = self.db.execute(
            "select student, graded from recorded natural join verdict "
            "where lesson = ? order by student",
            (lesson,),
        )
        for student, graded in rows:
            yield student, Graded(**json.loads(graded))

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self.db.close()


def only_one(root: Path, lesson: str) -> FileLock:
    """The lock that whoever grades a lesson holds; it falls with them."""
    folder = root / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return FileLock(folder / f"{lesson}.lock")
