"""What has been graded: survives `kill -9`, so that nothing is done twice.

A verdict is filed under what it depends on, the submission's content and the
bank (exercises, release, options). What was entered in the gradebook is noted
after it was, so that at worst the same verdict is entered again.
"""

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
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
        self.secret = self._secret()

    def _secret(self) -> bytes:
        """What the inputs are drawn from; made once, never shown."""
        path = self.folder / "secret"
        if not path.exists():
            # Whole or not at all, and the first of two graders' stays.
            made = self.folder / f"secret.{os.getpid()}"
            made.touch(mode=0o600)
            made.write_bytes(secrets.token_bytes(32))
            with suppress(FileExistsError):
                os.link(made, path)
            made.unlink()
        return path.read_bytes()

    def seed(self, submission: str) -> int:
        """The seed of a submission's inputs: the same whenever it is graded.

        Nobody without the secret can work it out, and a submission that is
        changed by a letter has another.
        """
        digest = hmac.digest(self.secret, submission.encode(), hashlib.sha256)
        return int.from_bytes(digest[:8])

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
