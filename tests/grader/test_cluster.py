"""The same work on other machines: a Dask cluster, a PostgreSQL gradebook."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from authoring.paths import ROOT
from tests.grader.conftest import free_port
from tests.grader.courses import (
    LESSON,
    expected,
    graded_so_far,
    small_class,
    totals,
    wait_for,
)

SIZE = 12


# --- Dask ------------------------------------------------------------------


def test_a_worker_that_is_killed_costs_nothing(cluster, tmp_path):
    course = small_class(tmp_path / "course", SIZE)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "grader", "autograde", LESSON),
            *("--scheduler", cluster.address),
        ],
        cwd=course.root,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    wait_for(lambda: graded_so_far(course) > 1)
    assert 2 <= graded_so_far(course) < SIZE
    cluster.workers[0].send_signal(signal.SIGKILL)
    _, said = process.communicate(timeout=180)
    assert process.returncode == 0, said
    assert f"{SIZE} graded" in said
    assert totals(course) == expected(SIZE)


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
        yield f"postgresql+psycopg://course@/postgres?host={folder}"
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
