"""What a notebook does for a learner who has not written everything yet.

Once byhand is imported in IPython, without any configuration:

**A demonstration that waits.** A cell that meets an exercise which is not
written yet says so in a sentence, and counts as run, so that "Run all" goes
on. So does a later cell that lacks a name which the waiting cell would have
defined. A check that fails shows its error, and where a person runs it, "Run
all" goes on after it too. Whatever else raises is shown as ever.

**A cell that did not run.** A cell with a syntax error defines nothing, and
a function of that name from before lives on. `broken` says so of a name.

A person's notebook is told from a run by a program (a build, a test, a
grader): only there are outputs made for the eye.
"""

import contextvars
import linecache
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any

from byhand.deadline import HAS_THREADS
from byhand.reading import names_of_cell

_DEFINES = re.compile(r"^(?:def|class)\s+(\w+)", re.M)
_STUB = "raise NotImplementedError"

LOADING = "Loading what the first check needs …"
PATIENCE = 1.0  # seconds before that is said

_first = True  # no check has run yet
_broken: dict[str, str] = {}  # name → the error of its last cell
_waiting: dict[str, str] = {}  # name → the exercise that it waits for
_told: BaseException | None = None  # the error that a sentence stands for
_cell = ""  # the source of the one that runs


def shell() -> Any:
    """The IPython that this runs in, or None."""
    ipython: Any = sys.modules.get("IPython")
    return ipython.get_ipython() if hasattr(ipython, "get_ipython") else None


def is_read_by_a_person() -> bool:
    """Whether a front end with cells asked for this, and not a program.

    JupyterLab, Notebook and VS Code send a cell's id along with its source.
    """
    kernel = getattr(shell(), "kernel", None)
    if kernel is None:
        return False
    parent = kernel.get_parent() or {}
    return "cellId" in parent.get("metadata", {})


def broken(name: str) -> str:
    """Why the last cell that defines this name did not run; '' if it did."""
    return _broken.get(name, "")


class Output:
    """The place below a cell where one check says what it found.

    The first check of a kernel may have to load a library. If that takes
    longer than PATIENCE, it says so meanwhile.
    """

    def __init__(self) -> None:
        self.live = is_read_by_a_person()
        self.handle: Any = None
        self.over = False
        self.lock = threading.Lock()

    def show(self, plain: str, rich: str) -> bool:
        """Show a card, if there is somebody to see it."""
        self.close()
        if self.live:
            self._put({"text/plain": plain, "text/html": rich})
        return self.live

    def say_loading(self) -> None:
        with self.lock:
            if self.over:
                return
            if self.live:
                self._put({"text/plain": LOADING})
            elif _is_terminal():
                print(LOADING, end="\r", file=sys.__stderr__, flush=True)

    def close(self) -> None:
        """Nothing is loading any more."""
        with self.lock:
            if not self.over and not self.live and _is_terminal():
                blank = " " * len(LOADING)
                print(blank, end="\r", file=sys.__stderr__, flush=True)
            self.over = True

    def _put(self, data: dict[str, str]) -> None:
        from IPython.display import display

        if self.handle is None:
            show: Any = display
            self.handle = show(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)


def _is_terminal() -> bool:
    return sys.__stderr__ is not None and sys.__stderr__.isatty()


@contextmanager
def output() -> Iterator[Output]:
    """Where a check says what it found."""
    global _first
    place = Output()
    # In a copy of this context, or IPython would not know the cell.
    said_by = contextvars.copy_context().run
    timer = threading.Timer(PATIENCE, said_by, [place.say_loading])
    timer.daemon = True
    if _first and HAS_THREADS:
        timer.start()
    _first = False
    try:
        yield place
    finally:
        timer.cancel()
        place.close()


def install() -> None:
    """See to waiting demonstrations and broken cells, if in IPython."""
    here = shell()
    if here is None or getattr(here, "_byhand_sees_to_it", False):
        return
    here._byhand_sees_to_it = True
    here.set_custom_exc((NotImplementedError, NameError), _show)
    here.events.register("pre_run_cell", _before)
    here.events.register("post_run_cell", _after)


def _show(
    here: Any,
    kind: type[BaseException],
    error: BaseException,
    traceback: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """In place of IPython's traceback, for these two kinds of errors."""
    global _told
    said = _sentence(here, error, traceback)
    if said:
        _told = error
        print(said)
        return
    shown = here.InteractiveTB.structured_traceback(
        kind, error, traceback, tb_offset=1
    )
    here._showtraceback(kind, error, shown)


def _sentence(
    here: Any, error: BaseException, traceback: TracebackType
) -> str:
    """What a cell waits for, in a sentence; '' if it does not wait."""
    if isinstance(error, NameError):
        exercise = _waiting.get(error.name or "", "")
        said = (
            f"This cell needs `{error.name}` from a cell above, which waits "
            f"for `{exercise}`. Leave both and go on, or write `{exercise}` "
            "and run them again."
        )
    else:
        exercise = _stub_of(here, traceback)
        said = (
            f"`{exercise}` is not written yet: the exercise above. Leave this "
            "cell and go on, or write it and run the cell again."
        )
    if not exercise:
        return ""
    with suppress(SyntaxError):
        defined, _ = names_of_cell(here.transform_cell(_cell))
        _waiting.update(dict.fromkeys(defined, exercise))
    return said


def _stub_of(here: Any, traceback: TracebackType) -> str:
    """The function or class of a cell in which a stub stands; '' if none."""
    while traceback.tb_next:
        traceback = traceback.tb_next
    code = traceback.tb_frame.f_code
    line = linecache.getline(code.co_filename, traceback.tb_lineno)
    in_a_cell = traceback.tb_frame.f_globals is here.user_ns
    if code.co_name == "<module>" or not in_a_cell or _STUB not in line:
        return ""
    return code.co_qualname.partition(".")[0]


def _before(info: Any) -> None:
    global _cell
    _cell = info.raw_cell or ""


def _after(result: Any) -> None:
    """After each cell: what it defines, or failed to define."""
    global _told
    if result is None:
        return
    error = result.error_in_exec
    passes = getattr(error, "goes_on", False) and is_read_by_a_person()
    if error is not None and (error is _told or passes):
        result.error_in_exec = None  # it was told: the notebook goes on
        shell()._last_traceback = None  # by which Pyodide's kernel goes
    _told = None
    failed = result.error_before_exec
    for name in _DEFINES.findall(_cell):
        if failed is None:
            _broken.pop(name, None)
        else:
            _broken[name] = f"{type(failed).__name__}: {failed}"
