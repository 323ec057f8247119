"""Seeing what lies under a file's name while an answer works on it."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MOST = 40  # contents that are kept: who writes more often has gone wrong
_MOST_BYTES = 100_000  # of each
# As they are before any answer is there to put others in their place.
_stat, _open, _real = os.stat, open, os.path.realpath
_getprofile, _setprofile = sys.getprofile, sys.setprofile
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_TRUNC


@dataclass
class Seen:
    """What was seen of a file.

    contents: what lay under its name, each time that it had changed: bytes,
    or None for no file. from_elsewhere: the files that were to be moved into
    its folder from another.
    """

    path: Path
    contents: list[bytes | None] = field(default_factory=list)
    from_elsewhere: list[str] = field(default_factory=list)
    stamp: Any = "nothing yet"

    def look(self) -> None:
        """Look at the file, if it has changed."""
        try:
            stat = _stat(self.path)
            stamp = stat.st_ino, stat.st_size, stat.st_mtime_ns
        except OSError:
            stamp = None
        if stamp == self.stamp or len(self.contents) >= _MOST:
            return
        self.stamp = stamp
        self.contents.append(self.content())

    def content(self) -> bytes | None:
        try:
            with _open(self.path, "rb") as file:
                return file.read(_MOST_BYTES)
        except OSError:
            return None

    def is_it(self, path: Any) -> bool:
        """Whether a path leads to the file."""
        if not isinstance(path, (str, bytes, os.PathLike)):
            return False
        return _real(os.fsdecode(path)) == _real(self.path)

    def comes_from_elsewhere(self, source: Any, target: Any) -> bool:
        """Whether a move crosses into the folder from outside it."""
        here = os.path.realpath(self.path.parent) + os.sep
        into, out_of = (
            os.path.realpath(os.path.dirname(os.path.abspath(one))) + os.sep
            for one in map(os.fsdecode, (target, source))
        )
        return into.startswith(here) and not out_of.startswith(here)


# An audit hook stays for as long as the process does, so there is one, which
# does nothing unless a file is being watched.
_watched: list[Seen] = []


def _hook(event: str, arguments: tuple) -> None:
    """What happens to the file, in whatever thread, as it begins."""
    if not _watched:
        return
    seen = _watched[-1]
    if event in ("sys.setprofile", "sys.settrace"):
        raise PermissionError(f"{event} is not for a function that saves")
    if event == "open" and arguments[2] & _WRITES and seen.is_it(arguments[0]):
        seen.contents.append(b"")  # in place: a crash now leaves a part
    elif event == "os.truncate" and seen.is_it(arguments[0]):
        seen.contents.append(b"")
    elif event in ("os.remove", "os.rename") and seen.is_it(arguments[0]):
        seen.contents.append(None)
    elif event == "os.rename" and isinstance(
        arguments[0], (str, bytes, os.PathLike)
    ):
        source, target = arguments[:2]
        if seen.comes_from_elsewhere(source, target):
            seen.from_elsewhere.append(os.fsdecode(source))
            # As it would be if the other folder were on another disk.
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


# Before any answer could see to it that there is none.
sys.addaudithook(_hook)


@contextmanager
def witnessed(path: Path) -> Iterator[Seen]:
    """Look at a file before and after whatever is called in this thread.

    That is, between any two system calls that come from Python, as a crash
    could at any of them: a process in the seal has no one to stop it there.
    What C code does within one call is seen at its end. Other folders are
    treated as if they were on other disks, as they may be: what is moved in
    from there has to be copied.
    """
    seen = Seen(path)

    def event(*_: Any) -> None:
        seen.look()

    profiled = _getprofile()
    _setprofile(event)
    _watched.append(seen)
    try:
        yield seen
    finally:
        _watched.remove(seen)
        _setprofile(profiled)
        last = seen.content()
        if not seen.contents or seen.contents[-1] != last:
            seen.contents.append(last)
