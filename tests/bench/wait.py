"""How long a learner waits: for JupyterLab, a lesson, and all of its cells.

In a real browser, on solved lessons: the server answers, a lesson is open with
its kernel idle, and every cell of it has run and shows its output.
"""

import argparse
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from authoring import paths
from tests.browser.jupyter import Lab

PATIENCE = 120  # seconds until JupyterLab is given up


def server_answers() -> float:
    """Seconds from the command to JupyterLab's first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory() as home:
        began = time.monotonic()
        with subprocess.Popen(
            [
                *(sys.executable, "-m", "byhand", "lab", "--no-browser"),
                *("--ip=127.0.0.1", f"--port={port}", "--allow-root"),
            ],
            cwd=paths.ROOT,
            env={**os.environ, "HOME": home, "JUPYTER_TOKEN": token},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as server:
            try:
                wait_for(f"http://127.0.0.1:{port}/api/status?token={token}")
                return time.monotonic() - began
            finally:
                server.terminate()


def wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with (
            suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(address, timeout=5),
        ):
            return
        time.sleep(0.02)
    raise SystemExit(f"JupyterLab did not answer within {PATIENCE} s")


def lesson_waits(lab: Lab, lesson: str) -> tuple[float, float]:
    """Seconds until a lesson is open, and until all its cells have run."""
    began = time.monotonic()
    notebook = lab.open_notebook(f"{lesson}.ipynb")
    opened = time.monotonic() - began
    began = time.monotonic()
    notebook.run_all()
    ran = time.monotonic() - began
    notebook.close()
    notebook.page.close()  # the next lesson opens JupyterLab, too
    return opened, ran


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.wait",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "lessons",
        nargs="*",
        metavar="NN",
        help="of which lessons (default: all)",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=1,
        metavar="N",
        help="measure everything so many times and show medians and ranges "
        "(default: 1; all lessons take about 8 minutes)",
    )
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error(
            f"--rounds must be at least 1, but it is {options.rounds}"
        )
    known = [source.stem for source in paths.sources()]
    numbers = {name.partition("_")[0] for name in known}
    if unknown := set(options.lessons) - numbers:
        parser.error(f"no lesson {', '.join(sorted(unknown))}")
    wanted = [
        name
        for name in known
        if not options.lessons or name.partition("_")[0] in options.lessons
    ]
    answers, waits = measured(wanted, options.rounds)
    print(f"JupyterLab answers after {told(answers)} s.")
    table = Table("lesson", "open after (s)", "all cells after (s)")
    for name, several in waits.items():
        opened, ran = zip(*several, strict=True)
        table.add_row(name, told(opened), told(ran))
    Console().print(table)


def measured(
    names: list[str], rounds: int
) -> tuple[list[float], dict[str, list[tuple[float, float]]]]:
    """Seconds until the server answers, and `lesson_waits` by lesson."""
    answers, waits = [], {name: [] for name in names}
    with (
        tempfile.TemporaryDirectory() as root,
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        for name in names:
            shutil.copy(paths.solved_path(name), Path(root, f"{name}.ipynb"))
        task = progress.add_task("", total=rounds * (len(names) + 1))
        for _ in range(rounds):
            progress.update(task, description="JupyterLab")
            answers.append(server_answers())
            progress.advance(task)
            with Lab(root) as lab:
                for name in names:
                    progress.update(task, description=name)
                    waits[name].append(lesson_waits(lab, name))
                    progress.advance(task)
    return answers, waits


def told(seconds: Sequence[float]) -> str:
    """The median and, of several, the range."""
    median = f"{statistics.median(seconds):.1f}"
    if len(seconds) == 1:
        return median
    return f"{median} ({min(seconds):.1f} to {max(seconds):.1f})"


if __name__ == "__main__":
    main()
