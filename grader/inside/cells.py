"""Runs a learner's cells, inside the seal, as a notebook would."""

import base64
import io
import signal
import subprocess
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

from IPython.core.displayhook import CapturingDisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import LSString, SList
from traitlets.config import Config

from grader.inside import seal
from grader.inside.wire import SHOWN

_PICTURE = 1_000_000
# Magics whose errors are the learner's own: they run what follows them.
_RUN_CODE = ("capture", "prun", "run", "time", "timeit")


class CellTimeout(BaseException):
    """The cell ran for longer than it may."""


# --- where they run --------------------------------------------------------


class ZMQInteractiveShell(InteractiveShell):
    """What `get_ipython()` gives, named as in a notebook: code asks for it.

    A magic that cannot work here says so, and the cell goes on: it may work
    where the learner has it, and decides nothing about an answer.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.kernel = Anything()
        self.parent_header: dict = {}

    def enable_gui(self, gui: Any = None) -> None:
        """Figures are drawn without a window, whatever is asked for."""

    def enable_matplotlib(self, gui: Any = None) -> tuple[str, str]:
        return "inline", "agg"

    def enable_pylab(
        self, gui: Any = None, import_all: bool = True, **_: Any
    ) -> tuple[str, str, set]:
        from IPython.core.pylabtools import import_pylab

        import_pylab(self.user_ns, import_all)
        return "inline", "agg", set()

    def run_line_magic(
        self, magic_name: str, line: str, _stack_depth: int = 1
    ) -> Any:
        try:
            # One deeper, by this function: some look at who called.
            return super().run_line_magic(magic_name, line, _stack_depth + 1)
        except Exception as error:
            self._left_out(f"%{magic_name}", magic_name, error)
        return None

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        if self.find_cell_magic(magic_name) is None:
            # Of an extension that is not here; most run what follows.
            print(f"(Left out here: %%{magic_name} {line})")
            return self.ex(self.transform_cell(cell))
        try:
            return super().run_cell_magic(magic_name, line, cell)
        except Exception as error:
            self._left_out(f"%%{magic_name}", magic_name, error)
        return None

    def _left_out(self, what: str, magic: str, error: Exception) -> None:
        if magic in _RUN_CODE:
            raise error
        print(f"({what} does not work here: {error})")

    def magic(self, text: str) -> Any:
        name, _, line = text.lstrip("%").partition(" ")
        return self.run_line_magic(name, line, _stack_depth=2)


class Anything:
    """Has every attribute and takes every call: a kernel, to its users."""

    def __getattr__(self, name: str) -> "Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> "Anything":
        return self


# --- programs that are not started -----------------------------------------


def no_programs(shell: Any) -> None:
    """Let whatever starts a program say that it does not, and go on.

    Where nothing can be started, `!pip install numpy` is no mistake.
    """
    shell.system = not_run
    shell.getoutput = _no_output
    programs = shell.magics_manager.registry["ScriptMagics"].magics["cell"]
    for name in programs:  # %%bash, %%script and the like
        shell.register_magic_function(_no_script(name), "cell", name)
    # A class in place of a class, as every caller of it expects.
    subprocess.Popen = NotRun  # type: ignore[misc]


def not_run(command: Any) -> None:
    """Say that a program is not started."""
    if not isinstance(command, str):
        command = " ".join(map(str, command))
    print(f"(Not run where answers are graded: {command})")


def _no_output(command: str, split: bool = True, **_: Any) -> Any:
    not_run(command)
    return SList([]) if split else LSString("")


def _no_script(name: str) -> Callable:
    return lambda line, _: not_run(f"{name} {line}".strip())


class NotRun(subprocess.Popen):
    """A program that did nothing, said nothing and ended well."""

    def __init__(
        self, args: Any, *_: Any, text: Any = None, **given: Any
    ) -> None:
        self._child_created = False
        words = ("encoding", "errors", "universal_newlines")
        self._nothing: Any = "" if text or any(map(given.get, words)) else b""
        self.args, self.pid, self.returncode = args, 0, 0
        self.stdin = self.stdout = self.stderr = None
        for name in ("stdin", "stdout", "stderr"):
            if given.get(name) == subprocess.PIPE:
                text_or_bytes = (
                    io.BytesIO if self._nothing == b"" else io.StringIO
                )
                setattr(self, name, text_or_bytes())
        not_run(args)

    def communicate(self, *_: Any, **__: Any) -> tuple[Any, Any]:
        return (
            None if self.stdout is None else self._nothing,
            None if self.stderr is None else self._nothing,
        )

    def poll(self) -> int:
        return 0

    def wait(self, timeout: float | None = None) -> int:
        return 0

    def send_signal(self, sig: int) -> None:
        pass


# --- cells -----------------------------------------------------------------


def new_shell() -> Any:
    """An IPython that keeps no history and shows nothing."""
    config = Config()
    config.HistoryManager.enabled = False
    config.IPKernelApp = Config()  # asked for by code that wants a notebook
    shell: Any = ZMQInteractiveShell.instance(
        config=config,
        ipython_dir=f"{seal.scratch()[0]}/ipython",
        user_module=types.ModuleType("__main__"),
        display_pub_class=CapturingDisplayPublisher,
    )
    shell.display_formatter.active_types = ["text/plain", "image/png"]
    hook: Any = _Hook
    shell.display_trap.hook = hook(shell)
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None
    sys.modules["__main__"] = shell.user_module
    return shell


class _Hook(CapturingDisplayHook):
    """Keeps what a cell's last line gave, under `_` as well."""

    def __call__(self, result: Any = None) -> None:
        super().__call__(result)
        if result is not None:
            self.shell.user_ns["_"] = result


class _Stream(io.TextIOBase):
    """Keeps the beginning; 200 MB of output cost no memory."""

    def __init__(self, name: str, into: list) -> None:
        self.name, self.into, self.left = name, into, SHOWN

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.left > 0 and text:
            kept = str(text)[: self.left]
            self.left -= len(kept)
            if self.left <= 0:
                kept += "\n… (more was printed than is kept)\n"
            if self.into and self.into[-1].get("name") == self.name:
                self.into[-1]["text"] += kept
            else:
                self.into.append(
                    {
                        "output_type": "stream",
                        "name": self.name,
                        "text": kept,
                    }
                )
        return len(text)


def run_cell(shell: Any, source: str, limit: int) -> list[dict]:
    """Run a cell; its outputs as a notebook's.

    limit: seconds, after which the cell is interrupted. One that swallows
    that is ended from outside.
    """
    outputs: list[dict] = []
    shell.display_trap.hook.outputs = []
    shell.display_pub.outputs = []
    shown = sys.stdout, sys.stderr
    sys.stdout = _Stream("stdout", outputs)
    sys.stderr = _Stream("stderr", outputs)
    signal.signal(signal.SIGALRM, _interrupt)
    signal.alarm(limit)
    try:
        result = shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as caught:
        error = caught
    finally:
        signal.alarm(0)
        sys.stdout, sys.stderr = shown
    for data in shell.display_pub.outputs + shell.display_trap.hook.outputs:
        outputs += _shown(data)
    if error is not None:
        outputs.append(_error_output(error))
    return outputs


def _shown(data: dict) -> list[dict]:
    kept = {}
    for kind, most in (("text/plain", SHOWN), ("image/png", _PICTURE)):
        value = data.get("data", {}).get(kind)
        if isinstance(value, bytes):
            value = base64.b64encode(value).decode()
        if isinstance(value, str) and len(value) <= most:
            kept[kind] = value
    if not kept:
        return []
    return [{"output_type": "display_data", "data": kept, "metadata": {}}]


def _error_output(error: BaseException) -> dict:
    name = type(error).__name__
    try:
        message = str(error)[:2000]
    except Exception:
        message = ""
    lines = traceback.format_list(
        [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if "site-packages" not in frame.filename
            and not frame.filename.startswith("/seal")
        ]
    )
    text = "".join(lines)[-SHOWN:].rstrip()
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": [*text.splitlines(), f"{name}: {message}"],
    }


def _interrupt(*_: Any) -> None:
    raise CellTimeout("The cell ran for longer than it may and was stopped.")
