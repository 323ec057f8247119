"""Which exercises of a learner's notebooks pass.

What the checks said is noted as they say it (byhand/notes.py), so that it is
there at once. Or the notebooks are run afresh, several at a time.
"""

import asyncio
import hashlib
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.progress_bar import ProgressBar
from rich.table import Table

from byhand import notebook, notes
from byhand.check_cell import check_in
from byhand.deadline import HAS_THREADS, Deadline
from byhand.saved import cells_of

CELL_TIMEOUT = 60  # seconds: an endless loop in one cell costs no more
COURSE = Path(__file__).parent  # its code
AT_ONCE = 4  # notebooks; with PyTorch each takes half a gigabyte

Passed = dict[str, bool]  # exercise → passed; one with parts is listed by part


def notebooks(folder: Path | None, names: list[str]) -> list[Path]:
    """The learner's notebooks, in order.

    FileNotFoundError: there are none, or not the one that was named.
    """
    found = {}
    # A cell runs in the folder of its lesson.
    for place in [folder] if folder else map(Path, ("lessons", ".", "..")):
        found = {
            p.stem: p
            for p in sorted(place.glob("*/*.ipynb"))
            if not p.parent.name.startswith(".")  # .ipynb_checkpoints
        }
        if found:
            break
    if not found:
        raise FileNotFoundError(
            f"no lessons in {folder or Path()}/: run this in the course's "
            "folder, or say --folder"
        )
    missing = [name for name in names if name not in found]
    if missing:
        raise FileNotFoundError(
            f"no lesson {missing[0]}; there are {', '.join(found)}"
        )
    return [path for name, path in found.items() if not names or name in names]


def code_of(path: Path) -> list[str]:
    """The code cells of a notebook. ValueError: it is none."""
    cells = cells_of(path)
    return [cell["source"] for cell in cells if cell["cell_type"] == "code"]


# --- as noted --------------------------------------------------------------


def noted(path: Path, known: Passed) -> Passed:
    """What is noted of a notebook's checks. ValueError: it is none."""
    asked = filter(None, map(check_in, code_of(path)))
    return {one.name: known.get(one.name, False) for one in asked}


def report(paths: list[Path]) -> None:
    """A table with a bar for each notebook, at once."""
    known = notes.read()
    table = Results(known)
    for path in paths:
        try:
            table.add(path.stem, noted(path, known))
        except ValueError as error:
            table.add(path.stem, f"it is {error}")
    table.print()
    print("As your checks said; --run runs the notebooks and looks again.")


def how_far() -> None:
    """In a notebook: the lessons beside it, and what is right of each."""
    if not notebook.is_read_by_a_person():
        print("Run this in JupyterLab: it shows which exercises are right.")
        return
    from IPython.display import display

    try:
        paths = notebooks(Path(".."), [])
    except FileNotFoundError:
        print("No lesson lies beside this one.")
        return
    known = notes.read()
    lines = ["| lesson | right | |", "|:--|:--|:--|"]
    for path in paths:
        passed: Passed = {}
        with suppress(ValueError):
            passed = noted(path, known)
        if passed:
            link = f"[{path.stem}](../{path.parent.name}/{path.name})"
            lines.append(f"| {link} | {summed(passed)} | {dots(passed)} |")
    draw: Any = display
    draw({"text/markdown": "\n".join(lines)}, raw=True)


def summed(passed: Passed) -> str:
    return f"{sum(passed.values())} of {len(passed)}"


def dots(passed: Passed) -> str:
    return "".join("●" if right else "○" for right in passed.values())


# --- run afresh ------------------------------------------------------------


def passed_of(ran: Iterable[tuple[str, bool]]) -> Passed:
    """Of cells, each with whether it ran to its end: what its check said."""
    asked = [(check_in(source), ended) for source, ended in ran]
    # A notebook may check an exercise twice; the last word counts.
    return {one.name: ended for one, ended in asked if one}


async def results(path: Path) -> Passed:
    """Run a notebook (a copy in memory) and say which checks passed."""
    # Only here: a notebook server of one's own, or a browser, may lack them.
    import nbformat
    from nbclient import NotebookClient

    nb = nbformat.read(path, as_version=4)
    client = NotebookClient(
        nb,
        timeout=CELL_TIMEOUT,
        interrupt_on_timeout=True,
        error_on_timeout={
            "ename": "Timeout",
            "evalue": "",
            "traceback": [],
        },
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )
    # What a kernel says when it is ended is nobody's to read.
    await client.async_execute(stderr=subprocess.DEVNULL)
    return passed_of(
        (
            cell.source,
            cell.execution_count is not None
            and not any(o.output_type == "error" for o in cell.outputs),
        )
        for cell in nb.cells
        if cell.cell_type == "code"
    )


def _here(path: Path) -> Iterator[tuple[str, bool]]:
    """The same in this process, in a namespace that is nobody's.

    Without demonstrations, on which no answer depends.
    """
    from IPython.utils.capture import capture_output

    scope: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells_of(path):
        shows = "demonstration" in cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and not shows:
            with capture_output():
                ran = _runs(cell["source"], scope)
            yield cell["source"], ran


def _runs(source: str, scope: dict[str, Any]) -> bool:
    try:
        code = compile(
            notebook.shell().transform_cell(source), "<cell>", "exec"
        )
        with Deadline(CELL_TIMEOUT):
            exec(code, scope)
    except BaseException:  # whatever a learner's cell does
        return False
    return True


async def results_or_why(path: Path) -> Passed | str:
    """The same; one broken notebook is a sentence, not the end of all."""
    try:
        return await results(path)
    except Exception as error:
        return f"cannot be run: {error}"


def here_or_why(path: Path) -> Passed | str:
    try:
        return passed_of(_here(path))
    except Exception as error:
        return f"cannot be run: {error}"


def report_afresh(paths: list[Path]) -> None:
    """Run the notebooks that changed since their last run; the same table."""
    kept = Runs()
    found: dict[Path, Passed | str] = {
        path: was for path in paths if (was := kept.get(path)) is not None
    }
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        auto_refresh=HAS_THREADS,
    ) as bar:
        task = bar.add_task("running", total=len(paths), completed=len(found))
        for path, result in run_all(p for p in paths if p not in found):
            found[path] = result
            bar.update(task, description=f"ran {path.stem}", advance=1)
            if isinstance(result, dict):
                kept.put(path, result)
    known = notes.read()
    table = Results(known)
    for path in paths:
        result = found[path]
        if isinstance(result, dict):
            # What is not written yet needs no note.
            notes.add({n: ok for n, ok in result.items() if ok or n in known})
        table.add(path.stem, result)
    table.print()


def run_all(paths: Iterable[Path]) -> Iterator[tuple[Path, Passed | str]]:
    """Run notebooks, several at a time; each as soon as it is done."""
    if not HAS_THREADS:  # nor any other process
        for path in paths:
            yield path, here_or_why(path)
        return
    paths = list(paths)
    done: SimpleQueue[tuple[Path, Passed | str]] = SimpleQueue()
    # The kernels' sockets want this kind on Windows. In a thread, as nbclient
    # takes a main thread's Ctrl-C for one of its notebooks.
    loop = asyncio.SelectorEventLoop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(_run_all(paths, done.put), loop)
        for _ in paths:
            yield done.get()
    finally:
        asyncio.run_coroutine_threadsafe(_stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _run_all(
    paths: list[Path], tell: Callable[[tuple[Path, Passed | str]], None]
) -> None:
    several = asyncio.Semaphore(min(AT_ONCE, os.cpu_count() or 1))

    async def run(path: Path) -> None:
        async with several:
            tell((path, await results_or_why(path)))

    await asyncio.gather(*map(run, paths))


async def _stop() -> None:
    """End what still runs, its kernels too."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class Runs:
    """What running a notebook gave, as long as nothing changes.

    Neither the code of the notebook, nor the course's own.
    """

    def __init__(self) -> None:
        self.file = notes.folder() / "runs.json"
        self.kept: dict[str, Any] = {}
        with suppress(OSError, ValueError, TypeError):  # none, or spoiled
            self.kept = dict(json.loads(self.file.read_text("utf-8")))
        self.course = hashlib.sha256()
        for path in sorted(COURSE.rglob("*.py")):
            self.course.update(path.read_bytes())

    def get(self, path: Path) -> Passed | None:
        run = self.kept.get(str(path.resolve()))
        with suppress(TypeError, KeyError, ValueError):
            if run and run["of"] == self.fingerprint(path):
                return dict(run["passed"])
        return None

    def put(self, path: Path, passed: Passed) -> None:
        run = {"of": self.fingerprint(path), "passed": passed}
        self.kept[str(path.resolve())] = run
        with suppress(OSError):  # then all are run again
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(json.dumps(self.kept, indent=1), "utf-8")

    def fingerprint(self, path: Path) -> str:
        found = self.course.copy()
        found.update(json.dumps(code_of(path)).encode())
        return found.hexdigest()


# --- shown -----------------------------------------------------------------


class Results:
    """A table of the lessons. known: what is noted of each exercise."""

    def __init__(self, known: Passed) -> None:
        self.known = known
        self.table = Table("lesson", "right", "", "still to do")
        self.right = self.total = 0

    def add(self, lesson: str, passed: Passed | str) -> None:
        """passed: or a sentence why it is not known."""
        if isinstance(passed, str):
            self.table.add_row(lesson, "-", "", passed)
            return
        done, total = sum(passed.values()), len(passed)
        self.right += done
        self.total += total
        bar = ProgressBar(total=max(total, 1), completed=done, width=20)
        self.table.add_row(lesson, summed(passed), bar, self.todo(passed))

    def todo(self, passed: Passed) -> str:
        """The exercises that are not right; those tried are marked."""
        if not passed:
            return "no exercise"
        if not any(passed.values()) and not self.known.keys() & passed.keys():
            return "not begun"
        names = [
            name.partition(".")[2] + " (tried)" * (name in self.known)
            for name, right in passed.items()
            if not right
        ]
        return ", ".join(names) or "nothing"

    def print(self) -> None:
        Console().print(self.table)
        print(f"{self.right} of {self.total} checks are right.")
