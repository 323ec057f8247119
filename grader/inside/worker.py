"""Runs a learner's cells and calls their answers, inside the seal.

`python -m grader.inside.worker` imports what lessons import and waits. For
each connection that it is handed it forks a worker, which shuts itself in,
serves that connection and ends with it. Several may ask it: every lane of a
class.
"""

import ctypes
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from byhand.attempt import Outcome, attempt
from byhand.check import CheckFailed  # noqa: F401 - lessons import it
from byhand.elsewhere import OutOfTime
from byhand.held import places, replaced
from byhand.ways import door
from grader.inside import cells, seal, wire
from grader.inside.wire import Wire

# A worker that is forked has these already.
IMPORTED = (
    *("matplotlib.pyplot", "pyseccomp", "resource"),
    "scipy.special",  # no lesson's own cell does: answers may
    "byhand.ways.training",  # before a cell patches what it looks with
    "byhand.sliders.panel",  # and the widgets that every lesson has
)
# And this, where a learner's cells ask for it.
TORCH = ("torch",)
# And these, for lessons that need PyTorch.
WITH_TORCH = (
    *TORCH,
    # What the first backward() and the first optimizer import by themselves,
    # half a second each, and would do in every worker anew.
    "torch._dynamo",
    "torch.fx.experimental.symbolic_shapes",
)


# --- answers ---------------------------------------------------------------


class Service:
    """What one submission's worker does for the process that grades it."""

    def __init__(self, connection: Wire, shell: Any) -> None:
        self.wire, self.shell = connection, shell
        self.names = shell.user_module.__dict__
        self.lending = ExitStack()
        self.late = 0  # of which batch a call was out of time

    def serve(self) -> None:
        while True:
            request = self.wire.receive(call=self.elsewhere)
            what = request.pop("do")
            self.wire.send_soon({"done": getattr(self, what)(**request)})

    def write(self, files: dict[str, bytes]) -> None:
        """Put files into the working folder, as far as it has room."""
        for name, data in files.items():
            path = Path.cwd() / name
            with suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)

    def run(self, source: str, limit: int) -> list[dict]:
        return cells.run_cell(self.shell, source, limit)

    def defined(self, name: str) -> bool:
        """Whether the name is that of something that can be called."""
        return callable(self.names.get(name))

    def call(
        self,
        name: str,
        way: str,
        inputs: list,
        limit: float,
        not_by: list[str] | None,
        batch: int = 0,
    ) -> dict:
        """Call an answer, or use it in one of the ways of byhand/ways/.

        batch: the number of those that were asked for at once, or 0. Where
        one of them ran out of time, the rest are not tried.
        What it returned or raised, and which inputs it changed.
        """
        if batch and batch == self.late:
            return {"timed_out": True}
        answer = self.names.get(name)
        if way:
            answer = partial(door.named(way), answer)
        before = [wire.encode(value) for value in inputs]
        # A partial, as a function of ours would show in what is said of an
        # exception.
        signal.signal(signal.SIGALRM, _out_of_time)
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            outcome = attempt(
                partial(answer, *inputs),
                {},
                not_by=None if not_by is None else tuple(not_by),
                watched=False,
            )
        except KeyboardInterrupt as error:  # no person's: the answer's own
            outcome = Outcome(error=error)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if outcome.timed_out:
            self.late = batch
        return {
            "value": outcome.value,
            "error": outcome.error and _error(outcome),
            "timed_out": outcome.timed_out,
            "printed": outcome.printed,
            "short_cuts": list(outcome.short_cuts),
            "changed": [
                [place, value]
                for place, (value, was) in enumerate(
                    zip(inputs, before, strict=True)
                )
                if wire.encode(value) != was
            ],
        }

    def replace(
        self, name: str, right: dict[str, Callable | str]
    ) -> list[str]:
        """Put right answers in place of those that an answer uses.

        right: the stand-ins of functions, and the sources of what has to be
        here for gradients to flow through it: of torch modules, say.
        Returns the names that were replaced; `restore` puts them back.
        """
        held = places(self.names.get(name), self.names, right)
        wanted = {one.name: lent(right[one.name]) for one in held}
        return [*self.lending.enter_context(replaced(held, wanted))]

    def restore(self) -> None:
        self.lending.close()

    def elsewhere(self, place: int) -> Callable:
        """The stand-in of a function on the other side."""

        def ask(*inputs: Any, **named: Any) -> Any:
            self.wire.send(
                {"ask": place, "inputs": list(inputs), "named": named}
            )
            reply = self.wire.receive()
            if "error" in reply:
                raise ValueError(reply["error"])
            return reply["value"]

        return ask


def lent(right: Callable | str) -> Callable:
    """What was sent in place of a learner's own; some of it as a source."""
    if not isinstance(right, str):
        return right
    import torch

    given = {
        "torch": torch,
        "nn": torch.nn,
        "functional": torch.nn.functional,
        "__name__": "lent",
    }
    scope: dict[str, Any] = dict(given)
    exec(right, scope)
    (name,) = scope.keys() - given - {"__builtins__"}
    made: Callable = scope[name]
    return made


def _error(outcome: Outcome) -> dict:
    kinds = [
        kind.__name__
        for kind in type(outcome.error).__mro__
        if kind.__module__ == "builtins"
    ]
    try:
        message = str(outcome.error)[:2000]
    except Exception:
        message = ""
    return {
        "name": type(outcome.error).__name__,
        "kinds": kinds,
        "message": message,
        "line": outcome.line,
    }


# --- forking ---------------------------------------------------------------


def shut_in_and_serve(end: socket.socket, shell: Any, bare: bool) -> None:
    """What a forked worker does, to its end."""
    if bare:
        os.chdir(tempfile.mkdtemp(dir=Path.cwd()))
    else:
        seal.close(seal.Resources(), end.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    np.random.seed(None)
    Service(Wire(end), shell).serve()


def _out_of_time(*_: Any) -> None:
    raise OutOfTime


class Nurse:
    """Forks workers for those who ask, at any of several connections.

    A message of one letter with a connection: `f`, fork a worker to serve it;
    `d`, it is one more to ask at; `t`, it is one to ask at for workers that
    have PyTorch imported already. At each of these the answer is `r` first,
    once it is ready.
    """

    def __init__(self, shell: Any, own: int, bare: bool, torch: bool) -> None:
        self.shell, self.own, self.bare, self.torch = shell, own, bare, torch
        self.with_torch: socket.socket | None = None
        self.askers: list[socket.socket] = []

    def serve(self, first: socket.socket) -> None:
        """Until the process that started this closes the first connection."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
        gc.collect()
        gc.freeze()
        self.open(first)
        while first in self.askers:
            ready, _, _ = select.select(self.askers, [], [])
            for asker in ready:
                self.asked(asker)

    def open(self, asker: socket.socket) -> None:
        self.askers.append(asker)
        with suppress(OSError):  # it may be gone again
            asker.send(b"r")

    def asked(self, asker: socket.socket) -> None:
        try:
            what, fds, _, _ = socket.recv_fds(asker, 1, 1)
        except OSError:
            what, fds = b"", []
        if not what:
            self.askers.remove(asker)
            asker.close()
            return
        end = socket.socket(fileno=fds[0])
        if what == b"f":
            self.fork(asker, end)
        elif what == b"d" or self.torch:
            self.open(end)
        else:
            self.hand_on(end)

    def hand_on(self, end: socket.socket) -> None:
        """To the nurse with PyTorch; a new one where there is none."""
        with end:
            for _ in range(2):
                self.with_torch = self.with_torch or self.another()
                try:
                    socket.send_fds(self.with_torch, [b"d"], [end.fileno()])
                    return
                except OSError:  # it died
                    self.with_torch = None

    def another(self) -> socket.socket:
        """A nurse like this one, forked from it, and with PyTorch."""
        ours, theirs = socket.socketpair()
        if not self.bare:
            seal.in_its_own(self.own)
        if os.fork() == 0:
            try:
                for asker in (ours, *self.askers):
                    asker.close()
                _import(TORCH)
                Nurse(self.shell, self.own, self.bare, True).serve(theirs)
            finally:
                os._exit(0)
        theirs.close()
        return ours

    def fork(self, asker: socket.socket, end: socket.socket) -> None:
        """Fork a worker for a connection, and tell who asked which it is."""
        if not self.bare:
            seal.first_of_its_own(self.own)
        worker = os.fork()
        if worker == 0:
            try:
                for one in filter(None, (*self.askers, self.with_torch)):
                    one.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                shut_in_and_serve(end, self.shell, self.bare)
            except BaseException as error:
                _last_words(end, error)
            os._exit(0)
        end.close()
        with suppress(OSError):  # the one who asked may be gone
            _tell(asker, worker)


def _tell(asker: socket.socket, worker: int) -> None:
    said = worker.to_bytes(8)
    if not hasattr(os, "pidfd_open"):  # not on Linux, and so without a seal
        asker.send(said)
        return
    try:
        pidfd = os.pidfd_open(worker)
    except ProcessLookupError:  # it could not shut itself in, and said why
        asker.send(bytes(8))
        return
    try:
        socket.send_fds(asker, [said], [pidfd])
    finally:
        os.close(pidfd)


def _import(names: tuple[str, ...]) -> None:
    for name in names:
        importlib.import_module(name)


def _last_words(end: socket.socket, error: BaseException) -> None:
    if not isinstance(error, wire.Closed):
        words = f"{type(error).__name__}: {error}"
        try:
            Wire(end).send({"broken": words[:2000]})
        except BaseException:
            os._exit(1)
    os._exit(0)


def _one_thread() -> None:
    """Let PyTorch, whenever it is imported, use one thread.

    The C library's variable, which Python does not know of: a learner's cell
    sees no other environment than in practice.
    """
    ctypes.CDLL(None).setenv(b"OMP_NUM_THREADS", b"1", 1)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    bare = "--bare" in sys.argv
    own = 0 if bare else seal.prepare()
    import matplotlib

    matplotlib.use("Agg")
    _one_thread()
    torch = "--torch" in sys.argv
    _import(IMPORTED + WITH_TORCH * torch)
    # Nothing that tells grading from practice.
    for name in () if bare else os.environ.keys() - {"PATH", "HOME", "LANG"}:
        del os.environ[name]
    shell = cells.new_shell()
    # All that is the same for every worker is done once, before they fork.
    if not bare:
        cells.no_programs(shell)
        seal.refused_calls()
    Nurse(shell, own, bare, torch).serve(control)
    if bare:
        shutil.rmtree(Path.cwd(), ignore_errors=True)


if __name__ == "__main__":
    main()
