"""The same work on other machines: a Dask cluster, a PostgreSQL gradebook."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grader.journal import Journal
from grader.notebooks import ROOT
from tests.grader.courses import LESSON, expected, small_class, totals

SIZE = 12


# --- Dask ------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as end:
        end.bind(("127.0.0.1", 0))
        return end.getsockname()[1]


def dask(what, *more, folder):
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{what}", *more],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers, each a process of its own."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    with contextlib.ExitStack() as stack:

        def begin(what, *more):
            process = dask(what, *more, "--no-dashboard", folder=tmp_path)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        begin("scheduler", "--host", "127.0.0.1", "--port", port)
        workers = [
            begin("worker", address, "--no-nanny", "--nthreads", "1")
            for _ in range(2)
        ]
        yield address, workers


def test_a_worker_that_is_killed_costs_nothing(cluster, tmp_path):
    address, workers = cluster
    course = small_class(tmp_path / "course", SIZE)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "grader", "autograde", LESSON),
            *("--scheduler", address),
        ],
        cwd=course.root,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    until = time.monotonic() + 120
    while graded_so_far(course) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert 2 <= graded_so_far(course) < SIZE
    workers[0].send_signal(signal.SIGKILL)
    _, said = process.communicate(timeout=180)
    assert process.returncode == 0, said
    assert f"{SIZE} graded" in said
    assert totals(course) == expected(SIZE)


def graded_so_far(course) -> int:
    with Journal(course.root) as journal:
        return journal.db.execute("select count(*) from verdict").fetchone()[0]


def test_a_scheduler_that_is_not_there_is_named(tmp_path):
    course = small_class(tmp_path / "course", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    ran = course.grader("autograde", LESSON, "--scheduler", address)
    assert ran.returncode == 1
    assert address in ran.stderr
    assert "Traceback" not in ran.stderr


# --- PostgreSQL ------------------------------------------------------------


@pytest.fixture
def postgresql():
    """A real server, on a socket in a folder of its own."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        pytest.skip("PostgreSQL's server is not installed")
    programs = found[-1]
    # It refuses to run as root; its package brings a user.
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid())[0]
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    shutil.chown(folder, user)

    def run(program, *more):
        subprocess.run(
            [programs / program, *more],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            user=user if os.getuid() == 0 else None,
        )

    data = str(folder / "data")
    options = f"-c listen_addresses='' -k {folder} -F"
    try:
        run("initdb", "-D", data, "-A", "trust", "-U", "course")
        run(
            *("pg_ctl", "-D", data, "-w", "-o", options),
            *("-l", str(folder / "log"), "start"),
        )
        yield f"postgresql://course@/postgres?host={folder}"
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_gradebook_in_postgresql(postgresql, tmp_path):
    def configure(course):
        config = course.root / "nbgrader_config.py"
        line = f"c.CourseDirectory.db_url = {postgresql!r}\n"
        config.write_text(config.read_text() + line)

    course = small_class(tmp_path / "course", 4, configure)
    ran = course.grader("autograde", LESSON)
    assert ran.returncode == 0, ran.stderr
    assert totals(course, postgresql) == expected(4)
    assert not (course.root / "gradebook.db").exists()
    ran = course.nbgrader("export")
    assert ran.returncode == 0, ran.stderr
    assert "learner03" in (course.root / "grades.csv").read_text()
    ran = course.grader("report", LESSON)
    assert ran.returncode == 0, ran.stderr
