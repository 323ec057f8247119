"""Our own functions, asked by a learner's process, in one of their own.

A learner may ask a right answer that was lent to them, or a function among
the inputs, anything: a mask for 12,000 tokens, say. So it is answered in a
process that is forked for it, with limits, and whose end harms nobody.
"""

import os
import signal
import socket
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from byhand.attempt import attempt
from grader.inside.wire import Wire, WireError

# For one question: numbers in it, bytes beyond what is there, and seconds.
MOST_ASKED = 20_000
MEMORY = 2**30
SECONDS = 5


class Lender:
    """Answers for some functions, all that will be asked: a fork is dear."""

    def __init__(
        self, functions: list[Callable], seconds: float | None = None
    ) -> None:
        self.functions = tuple(functions)
        self.seconds = SECONDS if seconds is None else seconds
        ours, theirs = socket.socketpair()
        with warnings.catch_warnings():
            # Of threads that the child does not have: it only computes.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process = os.fork()
        if self.process == 0:
            with suppress(BaseException):
                ours.close()
                _limit()
                _serve(Wire(theirs), self.functions)
            os._exit(0)
        theirs.close()
        self.wire = Wire(ours)

    def ask(
        self, function: Callable, inputs: list, named: dict
    ) -> dict[str, Any]:
        """What a function makes of inputs: its value, or an error's text."""
        if _size([inputs, list(named.values())]) > MOST_ASKED:
            return {"error": "more numbers than a lesson ever has"}
        place = self._place(function)
        question = {"place": place, "inputs": inputs, "named": named}
        try:
            self.wire.send(question)
            answer = self.wire.receive(time.monotonic() + self.seconds)
        except TimeoutError:
            self.close()
            return {"error": f"no answer within {self.seconds:g} s"}
        except WireError:
            self.close()
            return {"error": "it needs too much memory, or what came of it"}
        return answer if isinstance(answer, dict) else {"error": "no answer"}

    def knows(self, function: Callable) -> bool:
        """Whether it is there, and this is one that it answers for."""
        return self.process != 0 and self._place(function) is not None

    def _place(self, function: Callable) -> int | None:
        places = range(len(self.functions))
        return next((p for p in places if self.functions[p] is function), None)

    def close(self) -> None:
        if not self.process:
            return
        self.wire.close()
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)
        self.process = 0


def _limit() -> None:
    import resource  # not on every system, and reading must work on all

    with open("/proc/self/statm") as file:
        mapped = int(file.read().split()[0]) * os.sysconf("SC_PAGESIZE")
    resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(wire: Wire, functions: tuple[Callable, ...]) -> None:
    while True:
        question = wire.receive()
        wire.send(_answered(functions, question))


def _answered(
    functions: tuple[Callable, ...], question: dict[str, Any]
) -> dict[str, Any]:
    try:
        function = functions[question["place"]]
        call = partial(function, *question["inputs"], **question["named"])
        # In this thread: whoever asks keeps the time.
        outcome = attempt(call, {}, watched=False)
    except Exception as error:  # what is asked may be anything
        return {"error": str(error)[:200]}
    if outcome.error or outcome.timed_out:
        return {"error": str(outcome.error)[:200]}
    return {"value": outcome.value}


def _size(value: Any) -> int:
    """How many numbers a value has; a size that it names is for the limits."""
    if isinstance(value, (list, tuple)):
        return sum(map(_size, value))
    if isinstance(value, dict):
        return _size(list(value.values()))
    if hasattr(value, "numel"):  # a tensor, whose size is a method
        return int(value.numel())
    return int(getattr(value, "size", 1))
