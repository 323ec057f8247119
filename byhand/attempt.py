"""One call of an answer, so that nothing it does can harm the check."""

import contextlib
import contextvars
import copy
import ctypes
import io
import linecache
import queue
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from byhand import short_cuts
from byhand.deadline import HAS_THREADS, Deadline
from byhand.elsewhere import OutOfTime
from byhand.tools import one_torch_thread

TIME_LIMIT = 10.0  # seconds an answer may take on one case
_SHOWN = 2_000  # characters of captured output that are kept
_HERE = str(Path(__file__).parent)


@dataclass
class Outcome:
    """What came of one call.

    value: what it returned. error: what it raised instead, if anything.
    timed_out: it did not return in time. still_running: nor could it be
    stopped. line: the learner's line that raised, as text.
    changed: names of inputs that it changed in place.
    printed: what it printed and warned, at most 2,000 characters.
    short_cuts: the library calls among `not_by` that it made.
    """

    value: Any = None
    error: BaseException | None = None
    timed_out: bool = False
    still_running: bool = False
    line: str = ""
    changed: tuple[str, ...] = ()
    printed: str = ""
    short_cuts: tuple[str, ...] = ()


class _Stopped(BaseException):
    """Raised inside an answer that ran out of time."""


class _Bounded(io.StringIO):
    """Keeps the first characters; an endless print costs no memory."""

    def write(self, text: str) -> int:
        room = _SHOWN - self.tell()
        super().write(text[: max(room, 0)])
        return len(text)


class _Worker:
    """A thread that calls answers, one after another.

    A thread, because it works on every system and because an answer that
    swallows exceptions would swallow an alarm's as well. One for many calls,
    because PyTorch starts threads of its own for each thread that uses it.
    """

    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        with contextlib.suppress(_Stopped):
            while (job := self.jobs.get()) is not None:
                job()

    def run(self, job: Callable[[], None], limit: float) -> bool:
        """Do a job; False if it did not end within `limit` seconds.

        What it raises is raised here: a job keeps what its answer raises, so
        this is a fault of ours, and must not be told as the answer's.
        """
        done = threading.Event()
        ours: list[Exception] = []

        def work() -> None:
            try:
                # What it sets (np.seterr, say) holds for this call only.
                contextvars.copy_context().run(job)
            except Exception as error:
                ours.append(error)
            finally:
                done.set()

        self.jobs.put(work)
        ended = done.wait(limit)
        if ours:
            raise ours[0]
        return ended

    def stop(self) -> bool:
        """End the thread, whatever it does; False if it cannot be."""
        self.jobs.put(None)
        # Again and again for a second: a bare `except:` swallows the first.
        for _ in range(20):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self.thread.ident or 0),
                ctypes.py_object(_Stopped),
            )
            self.thread.join(0.05)
            if not self.thread.is_alive():
                return True
        return False


_worker: _Worker | None = None


def attempt(
    answer: Callable[..., Any],
    inputs: dict[str, Any],
    limit: float | None = None,
    not_by: tuple[str, ...] | None = None,
    watched: bool = True,
) -> Outcome:
    """Call `answer` on copies of `inputs`, in order, and say what happened.

    limit: seconds; by default TIME_LIMIT. not_by: names of library functions
    to notice (short_cuts.py); None: none at all. watched: False calls it in
    this thread, without a limit of its own: for what is known to end, and
    where somebody else keeps the time and makes it raise OutOfTime. Output,
    warnings and exceptions are captured, never passed on; only a
    KeyboardInterrupt of the person at the keyboard is.
    """
    limit = TIME_LIMIT if limit is None else limit
    by_itself = watched and not HAS_THREADS
    in_thread = watched and HAS_THREADS
    given = copy.deepcopy(inputs)
    outcome = Outcome()
    printed = _Bounded()

    def run() -> None:
        with one_torch_thread(), short_cuts.notice(not_by, answer) as called:
            try:
                with (
                    Deadline(limit) if by_itself else contextlib.nullcontext()
                ):
                    outcome.value = answer(*given.values())
            except OutOfTime:
                outcome.timed_out = True
            except BaseException as error:  # SystemExit must not pass either
                # In a thread of its own it is the answer's, here a person's.
                if isinstance(error, KeyboardInterrupt) and not in_thread:
                    raise
                outcome.error = error
                outcome.line = _learners_line(error)
        handed = short_cuts.handed_in(answer, not_by) if not_by else []
        outcome.short_cuts = tuple(dict.fromkeys([*handed, *called]))

    with (
        torch_as_imported(),
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        warnings.simplefilter("always")
        if in_thread:
            # Whether there are gradients is a thread's own, too: what one
            # answer left off must not be the next one's.
            _watch(torch_as_imported()(run), limit, outcome)
        else:
            contextvars.Context().run(run)  # as in a thread of its own
    said = dict.fromkeys(f"{w.category.__name__}: {w.message}" for w in caught)
    outcome.printed = "\n".join([*printed.getvalue().splitlines(), *said])
    if not outcome.timed_out:
        outcome.changed = tuple(
            name
            for name, before in inputs.items()
            if not _same(before, given[name])
        )
    return outcome


@contextlib.contextmanager
def torch_as_imported() -> Iterator[None]:
    """PyTorch, if it is there, as it was just imported, while this lasts.

    What a cell has set for a session (a default dtype, a device, that there
    are no gradients) holds for inputs, reference and answer alike: for none.
    """
    torch: Any = sys.modules.get("torch")
    if not hasattr(torch, "set_default_device"):  # not there, or not whole
        yield
        return
    dtype, device = torch.get_default_dtype(), torch.get_default_device()
    torch.set_default_dtype(torch.float32)
    if device.type != "cpu":
        torch.set_default_device("cpu")
    try:
        with torch.inference_mode(False), torch.enable_grad():
            yield
    finally:
        torch.set_default_dtype(dtype)
        if device.type != "cpu":
            torch.set_default_device(device)


def _watch(run: Callable[[], None], limit: float, outcome: Outcome) -> None:
    """Run it in the worker's thread, and end it when its time is up."""
    global _worker
    if _worker is None or not _worker.thread.is_alive():
        _worker = _Worker()
    worker, _worker = _worker, None
    try:
        late = not worker.run(run, limit)
    except BaseException:
        worker.stop()
        raise
    if late:
        outcome.timed_out = True
        outcome.still_running = not worker.stop()
    else:
        _worker = worker


def _learners_line(error: BaseException) -> str:
    """The last line outside this package and the libraries, or ''."""
    told = getattr(error, "learners_line", None)
    if isinstance(told, str):  # by a stand-in for an answer elsewhere
        return told
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        name = frame.filename
        if name.startswith(_HERE) or "site-packages" in name:
            continue
        text = linecache.getline(name, frame.lineno or 0).strip()
        if text:
            return text
    return ""


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.shape == after.shape
            and before.dtype == after.dtype
            and np.array_equal(
                before, after, equal_nan=before.dtype.kind in "fc"
            )
        )
    if hasattr(before, "detach"):  # a tensor: == would be element-wise
        return before.shape == after.shape and bool((before == after).all())
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(
            _same(before[name], after[name]) for name in before
        )
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, (int, float, str, bytes)):
        return before == after
    return True  # a generator's or a module's state is theirs to change
