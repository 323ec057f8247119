"""Sealed processes for learners' code: the outer half of the seal.

A `Nursery` is one bubblewrap with a process inside that has imported what
lessons import; a `Worker` is forked from it for one submission and thrown
away. Several processes may have workers from one nursery, each at a `Door`.
See grader/inside/seal.py for what a worker does to itself.
"""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import byhand
from grader.inside import seal
from grader.inside.wire import MOST_AHEAD, Closed, Wire, WireError, encode
from grader.lending import Lender

_START = 120.0  # seconds to import everything, on a slow machine
_FORK = 20.0  # seconds for a worker to shut itself in
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# Of an environment, what Python needs: not pip.conf or etc/, where passwords
# may be.
_PYTHON = ("bin", "lib", "lib64", "pyvenv.cfg")
_ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d")


class CannotSeal(Exception):
    """The machine cannot seal; the message says what is missing."""


class Died(Exception):
    """The sealed process ended, or must be taken for ended."""


class Late(Died):
    """It did not answer in time and was killed."""


# --- what the machine can do -----------------------------------------------


@cache
def what_is_missing() -> str:
    """Why this machine cannot seal, in a sentence; '' if it can."""
    if sys.platform != "linux":
        return f"the seal needs Linux, and this is {sys.platform}"
    if shutil.which("bwrap") is None:
        return (
            "bubblewrap is not installed (Debian, Ubuntu: apt install "
            "bubblewrap; Fedora: dnf install bubblewrap)"
        )
    try:
        import pyseccomp  # noqa: F401 - it looks for the C library
    except (ImportError, RuntimeError):
        return "libseccomp is not installed (Debian: apt install libseccomp2)"
    tried = subprocess.run(
        [
            *("bwrap", "--unshare-all", "--ro-bind", "/", "/"),
            *("--proc", "/proc", "--dev", "/dev"),
            *("unshare", "--user", "--mount", "--pid", "--fork", "true"),
        ],
        capture_output=True,
        text=True,
    )
    if tried.returncode:
        said = tried.stderr.strip().splitlines() or ["no reason given"]
        return (
            "the kernel does not let bubblewrap make (nested) user "
            f"namespaces: {said[-1]} (in a container, allow user namespaces; "
            "on Ubuntu, see kernel.apparmor_restrict_unprivileged_userns)"
        )
    return ""


# --- the nursery -----------------------------------------------------------


def in_view(path: Path) -> str:
    """The folder that learners' code sees and this path lies in, or ''."""
    for seen in (*_SYSTEM, sys.base_prefix, sys.prefix):
        if path.resolve().is_relative_to(Path(seen).resolve()):
            return seen
    return ""


def _unsealed(*control: str) -> list[str]:
    """The same process without a seal: learners' code runs as you."""
    return [sys.executable, "-m", "grader.inside.worker", *control, "--bare"]


def _sealed(*control: str) -> list[str]:
    """The bubblewrap that the nursery runs in.

    It shows the system, Python and its packages, and of the course only
    what cells import: no exercise with its reference, no solution, nobody's
    work, no home, no variable of ours.
    """
    here, library = Path(__file__).parent, Path(byhand.__file__).parent
    line = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session"]
    line += ["--hostname", "lesson", "--clearenv", "--cap-drop", "ALL"]
    # Never root inside: a namespace in which nobody holds capabilities may
    # not give its root to another.
    line += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    for path in seal.TEMPORARY:
        line += ["--tmpfs", path]
    for path in _SYSTEM:
        if os.path.islink(path):
            line += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            line += ["--ro-bind", path, path]
    for path in _ETC:
        line += ["--ro-bind-try", path, path]
    for path in dict.fromkeys((sys.base_prefix, sys.prefix)):
        for name in () if f"{path}/".startswith("/usr/") else _PYTHON:
            part = os.path.join(path, name)
            line += ["--ro-bind-try", part, part]
    for package in (library, here):  # where they are installed among others
        if package.is_relative_to(sys.prefix):
            line += ["--tmpfs", str(package)]
    line += [
        *("--proc", "/proc", "--dev", "/dev"),
        *("--dir", seal.LESSON),
        *("--ro-bind", str(library), "/seal/byhand"),
        *("--tmpfs", "/seal/byhand/exercises"),
        # A whole GPT, which lesson 17 asks for.
        *("--tmpfs", "/seal/byhand/gpt"),
        *("--ro-bind", str(here / "inside/check.py")),
        "/seal/byhand/check.py",
        *("--ro-bind", str(here / "__init__.py"), "/seal/grader/__init__.py"),
        *("--ro-bind", str(here / "inside"), "/seal/grader/inside"),
        *("--remount-ro", "/seal/byhand/exercises"),
        *("--remount-ro", "/seal/byhand/gpt"),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *(
            word
            for path in seal.TEMPORARY
            if path not in seal.scratch()
            for word in ("--remount-ro", path)
        ),
        *("--chdir", seal.LESSON),
        # One thread each: workers share the cores among themselves.
        *("--setenv", "OPENBLAS_NUM_THREADS", "1"),
        *("--setenv", "PATH", os.path.dirname(sys.executable)),
        *("--setenv", "HOME", seal.LESSON, "--setenv", "LANG", "C.UTF-8"),
        *("--setenv", "PYTHONPATH", "/seal"),
        *("--setenv", "PYTHONDONTWRITEBYTECODE", "1"),
        *("--setenv", "MPLCONFIGDIR", seal.scratch()[0]),
        *("--", sys.executable, "-m", "grader.inside.worker", *control),
    ]
    return line


class Door:
    """A connection to a nursery, at which workers can be had.

    sealed: whether they are. CannotSeal: the nursery is gone.
    """

    def __init__(self, control: socket.socket, sealed: bool) -> None:
        self.control, self.sealed = control, sealed

    def wait(self) -> None:
        """Wait until it has imported everything. CannotSeal: it has not."""
        self.control.settimeout(_START)
        try:
            ready = self.control.recv(1) == b"r"
        except OSError:
            ready = False
        if not ready:
            said = self.said()
            self.close()
            raise CannotSeal(f"the sealed process did not start: {said}")
        self.control.settimeout(_FORK)

    def said(self) -> str:
        return "it is gone"

    def alive(self) -> bool:
        """Whether there is somebody at the other end."""
        # Not by MSG_DONTWAIT alone: Python waits for a socket with a timeout.
        said, _, _ = select.select([self.control], [], [], 0)
        try:
            return not said or self.control.recv(1, socket.MSG_PEEK) != b""
        except OSError:
            return False

    def beside(self, torch: bool) -> "Door":
        """One more door, for somebody else to ask at; to be waited for.

        torch: workers from there have PyTorch imported already.
        """
        ours, theirs = socket.socketpair()
        try:
            letter = b"t" if torch else b"d"
            socket.send_fds(self.control, [letter], [theirs.fileno()])
        except OSError as error:
            ours.close()
            raise CannotSeal(f"the nursery is gone: {error}") from None
        finally:
            theirs.close()
        return Door(ours, self.sealed)

    def worker(self) -> "Worker":
        """A new worker. CannotSeal: it could not be made."""
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self.control, [b"f"], [theirs.fileno()])
            said, fds, _, _ = socket.recv_fds(self.control, 8, 1)
        except OSError as error:
            ours.close()
            raise CannotSeal(f"the nursery is gone: {error}") from None
        finally:
            theirs.close()
        process = int.from_bytes(said)
        if not process:
            words = _last_words(ours)
            ours.close()
            raise CannotSeal(f"no worker: {words}")
        return Worker(Wire(ours), process, fds[0] if fds else None)

    def close(self) -> None:
        self.control.close()


class Nursery(Door):
    """Where workers come from. Use it as a context, or close it.

    sealed: False lets learners' code do whatever you may do. torch: whether
    workers have PyTorch imported already.
    CannotSeal: the machine cannot; the message says why. It starts at once
    and is there after `wait`.
    """

    def __init__(self, sealed: bool = True, torch: bool = True) -> None:
        missing = what_is_missing() if sealed else ""
        if missing:
            raise CannotSeal(missing)
        control, theirs = socket.socketpair()
        super().__init__(control, sealed)
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - kept open
        self.process = subprocess.Popen(
            (_sealed if sealed else _unsealed)(
                str(theirs.fileno()), *(["--torch"] if torch else [])
            ),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            # Without a seal, where the workers' folders go; removed there.
            cwd=None if sealed else tempfile.mkdtemp(),
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        theirs.close()

    def said(self) -> str:
        """The end of what it wrote on its terminal."""
        self.process.kill()
        self.process.wait()
        self.log.seek(0)
        text = self.log.read().decode(errors="replace").strip()
        return text.splitlines()[-1] if text else "it said nothing"

    def alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        super().close()
        try:
            self.process.wait(1)  # it ends with the connection
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def __enter__(self) -> "Nursery":
        self.wait()
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def _last_words(end: socket.socket) -> str:
    with suppress(Exception):
        return str(Wire(end).receive(time.monotonic() + 1)["broken"])[:500]
    return "it said nothing"


# --- a worker --------------------------------------------------------------


class Worker:
    """One submission's sealed process. What it says is the learner's word.

    Every method raises Died where the process is gone or talks nonsense, and
    Late where it is late; it is dead after that.
    """

    def __init__(
        self, connection: Wire, process: int, pidfd: int | None
    ) -> None:
        self.wire, self.process, self.pidfd = connection, process, pidfd
        self.killed = False
        # Which of our functions it may call, by their place: inputs that
        # are functions, and right answers of earlier exercises.
        self.functions: list[Callable] = []
        self.expected: list[Callable] = []  # among inputs of calls to come
        self.lender: Lender | None = None

    def request(self, what: str, seconds: float, **inputs: Any) -> Any:
        """Have something done in there; what came of it.

        seconds: how long it may take.
        """
        until = time.monotonic() + seconds
        with self._ends_with(seconds):
            self.wire.send({"do": what, **inputs}, self.functions, until)
            return self._reply(until)

    def ahead(self, what: str, requests: list[dict[str, Any]]) -> int:
        """Have several things done, one after another, and do not wait.

        Returns how many of them, from the first one on; what comes of each is
        what `reply` returns. As many as fit, and none with a function of ours
        among its inputs: nobody might be here to answer for it. Of the rest
        it keeps the functions in mind, so that one process lends them all.
        """
        begun, size = 0, 0
        messages: list[bytes] = []
        self.expected = []
        for inputs in requests:
            message = encode({"do": what, **inputs}, self.expected)
            messages.append(message)
            size += len(message)
            if not self.expected and size <= MOST_AHEAD:
                begun = len(messages)
        if begun:
            with self._ends_with(0):
                self.wire.put(b"".join(messages[:begun]))
        return begun

    def reply(self, seconds: float) -> Any:
        """What came of the next thing that was asked for ahead."""
        with self._ends_with(seconds):
            return self._reply(time.monotonic() + seconds)

    def _reply(self, until: float) -> Any:
        while True:
            reply = self.wire.receive(until)
            if not isinstance(reply, dict):
                raise WireError("not a reply")
            if "broken" in reply:
                raise WireError(str(reply["broken"])[:200])
            if "ask" not in reply:
                return reply["done"]
            self.wire.send(self._asked(reply), until=until)

    @contextmanager
    def _ends_with(self, seconds: float) -> Iterator[None]:
        """Kill it where it is late or says what it should not."""
        try:
            yield
        except TimeoutError:
            self.kill()
            raise Late(f"no answer within {seconds:g} s") from None
        except (WireError, KeyError) as error:
            self.kill()
            raise Died(_why(error)) from None

    def _asked(self, question: dict) -> dict[str, Any]:
        """What one of our functions makes of the worker's inputs."""
        place, inputs = question.get("ask"), question.get("inputs")
        named = question.get("named")
        if not (
            isinstance(place, int)
            and 0 <= place < len(self.functions)
            and isinstance(inputs, list)
            and isinstance(named, dict)
        ):
            return {"error": "no such function"}
        function = self.functions[place]
        if self.lender is None or not self.lender.knows(function):
            self._end_lender()
            self.lender = Lender([*self.functions, *self.expected])
        return self.lender.ask(function, inputs, named)

    def _end_lender(self) -> None:
        if self.lender:
            self.lender.close()
            self.lender = None

    def take_back(self) -> None:
        """None of our functions may be called any more."""
        self.functions, self.expected = [], []
        self._end_lender()

    def kill(self) -> None:
        """End it, whatever it does."""
        if self.killed:
            return
        self.killed = True
        self._end_lender()
        with suppress(ProcessLookupError):
            if self.pidfd is None:
                os.kill(self.process, signal.SIGKILL)
            else:
                # Inside a seal its number is another one.
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        if self.pidfd is not None:
            os.close(self.pidfd)
        self.wire.close()


def _why(error: Exception) -> str:
    if isinstance(error, Closed):
        return "the process ended"
    # The text may be the learner's, and end on a terminal.
    text = "".join(c if c.isprintable() else "?" for c in str(error)[:200])
    return f"the process did not answer as it should ({text})"
