"""How long a learner waits: for JupyterLab, a lesson, and all of its cells.

In a real browser, on solved lessons: the server answers, a lesson is open with
its kernel idle, and every cell of it has run and shows its output.
"""

import argparse
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
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
    options = parser.parse_args(arguments)
    known = [source.stem for source in paths.sources()]
    numbers = {name.partition("_")[0] for name in known}
    if unknown := set(options.lessons) - numbers:
        parser.error(f"no lesson {', '.join(sorted(unknown))}")
    wanted = [
        name
        for name in known
        if not options.lessons or name.partition("_")[0] in options.lessons
    ]
    console = Console(stderr=True)
    table = Table("lesson", "open after (s)", "all cells after (s)")
    with (
        tempfile.TemporaryDirectory() as root,
        Progress(console=console, transient=True) as progress,
    ):
        task = progress.add_task("JupyterLab", total=len(wanted) + 1)
        seconds = server_answers()
        progress.advance(task)
        for name in wanted:
            shutil.copy(paths.solved_path(name), Path(root, f"{name}.ipynb"))
        with Lab(root) as lab:
            for name in wanted:
                progress.update(task, description=name)
                waits = lesson_waits(lab, name)
                table.add_row(name, *(f"{wait:.1f}" for wait in waits))
                progress.advance(task)
    Console().print(f"JupyterLab answers after {seconds:.1f} s.")
    Console().print(table)


if __name__ == "__main__":
    main()
