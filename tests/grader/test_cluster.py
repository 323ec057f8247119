"""The same work on other machines: a Dask cluster, a PostgreSQL gradebook."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from authoring.paths import ROOT
from grader import ahead
from grader.cluster import NoCluster
from tests.grader.conftest import free_port, running
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


class Evil:
    """Where it is unpickled, it leaves a file behind, named by process."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        code = f"import os; open(f'{self.path}.{{os.getpid()}}', 'w')"
        return exec, (code,)


def patch(how, path):
    """Run on a worker by somebody else's client: it tells what they like."""
    from grader import lane

    def told(*job):
        said = lane.json.loads(honest(*job))
        said["graded"]["scores"]["average-check"] = 99
        return lane.json.dumps(said)

    def fail(*_):
        raise ValueError(Evil(path))

    honest = lane.told
    lane.told = {"points": told, "code": lambda *_: Evil(path), "error": fail}[
        how
    ]


@pytest.mark.parametrize("how", ["points", "code", "error"])
def test_a_cluster_that_lies_forges_no_points_and_runs_nothing(
    cluster, tmp_path, how
):
    import cloudpickle
    import distributed

    course, loot = small_class(tmp_path / "course", 2), tmp_path / "loot"
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with distributed.Client(cluster.address, timeout=60) as stranger:
        stranger.wait_for_workers(2, timeout=120)
        stranger.run(patch, how, str(loot))
    ran = course.grader("autograde", LESSON, "--scheduler", cluster.address)
    where = {int(path.suffix[1:]) for path in tmp_path.glob("loot.*")}
    assert where <= {worker.pid for worker in cluster.workers}
    assert "docs/grading.md says how, under TLS" in ran.stderr
    if how == "points":  # forged, as whoever reaches workers can, but not more
        assert totals(course) == {"learner00": 1, "learner01": 1}
    else:
        assert totals(course) == {}
        assert "NOT graded: learner01" in ran.stderr
        assert ran.returncode == 1


def test_a_worker_ends_when_it_is_told_to(cluster, tmp_path):
    course = small_class(tmp_path / "course", 2)
    ran = course.grader("autograde", LESSON, "--scheduler", cluster.address)
    assert ran.returncode == 0, ran.stderr
    for worker in cluster.workers:
        worker.terminate()
    for worker in cluster.workers:
        worker.wait(60)


def test_encrypted_it_grades_and_does_not_warn(tmp_path):
    certificate, key = tmp_path / "node.pem", tmp_path / "node.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-subj", "/CN=grading", "-out", certificate, "-keyout", key),
        ],
        check=True,
        capture_output=True,
    )
    course = small_class(tmp_path / "course", 2)
    address = f"tls://127.0.0.1:{free_port()}"
    options = [
        *("--tls-ca-file", str(certificate)),
        *("--tls-cert", str(certificate), "--tls-key", str(key)),
    ]
    with running(tmp_path, address, 1, *options):
        ran = course.grader(
            *("autograde", LESSON, "--scheduler", address),
            *("--tls-ca", str(certificate)),
            *("--tls-cert", str(certificate), "--tls-key", str(key)),
        )
    assert ran.returncode == 0, ran.stderr
    assert totals(course) == expected(2)
    assert "TLS" not in ran.stderr


def test_a_scheduler_that_is_not_there_is_named(tmp_path):
    course = small_class(tmp_path / "course", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    ran = course.grader("autograde", LESSON, "--scheduler", address)
    assert ran.returncode == 1
    assert address in ran.stderr
    assert "Traceback" not in ran.stderr


def doors():
    """Run on a worker by somebody else's client."""
    from grader import lane

    return len(lane._doors)


BEGIN = """
import sys
from grader import ahead

ahead.begin(sys.argv[1], True, sys.argv[2], ("", "", ""))
sys.stdin.read()
"""


def test_workers_prepare_before_anything_is_handed_to_them(cluster):
    import cloudpickle
    import distributed

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with distributed.Client(cluster.address, timeout=60) as stranger:
        stranger.wait_for_workers(2, timeout=120)
        with subprocess.Popen(
            [sys.executable, "-c", BEGIN, LESSON, cluster.address],
            cwd=ROOT,
            stdin=subprocess.PIPE,
        ) as begun:
            wait_for(lambda: [*stranger.run(doors).values()] == [1, 1])
            begun.communicate()
    assert begun.returncode == 0


@pytest.fixture
def no_cluster(monkeypatch):
    """None is to be had; how often one was looked for."""
    tried = []

    def fail(*where):
        tried.append(where)
        raise NoCluster("nobody is there")

    monkeypatch.setattr(ahead, "Cluster", fail)
    monkeypatch.setattr(ahead, "_cluster", None)
    return tried


def test_who_asks_for_a_cluster_is_told_that_there_is_none(no_cluster):
    where = "tcp://nowhere:1", ("", "", "")
    for _ in range(2):  # by the command, and by nbgrader's
        ahead.begin(LESSON, True, *where)
    with pytest.raises(NoCluster, match="nobody is there"):
        ahead.cluster(*where)
    assert no_cluster == [where]  # it takes seconds each time
    with pytest.raises(NoCluster):  # for the next run: it may be back
        ahead.cluster(*where)
    assert no_cluster == [where, where]


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NoCluster, match="pip install"):
        ahead.cluster("tcp://nowhere:1", ("", "", ""))


# --- PostgreSQL ------------------------------------------------------------


class Server(NamedTuple):
    url: str
    restart: Callable[[], None]


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
        yield Server(
            f"postgresql+psycopg://course@/postgres?host={folder}",
            lambda: run(
                *(
                    "pg_ctl",
                    "-D",
                    data,
                    "-w",
                    "-o",
                    options,
                    "-m",
                    "immediate",
                ),
                *("-l", str(folder / "log"), "restart"),
            ),
        )
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_postgresql(url):
    def configure(course):
        config = course.root / "nbgrader_config.py"
        line = f"c.CourseDirectory.db_url = {url!r}\n"
        config.write_text(config.read_text() + line)

    return configure


def test_a_gradebook_in_postgresql(postgresql, tmp_path):
    url = postgresql.url
    course = small_class(tmp_path / "course", 4, in_postgresql(url))
    ran = course.grader("autograde", LESSON)
    assert ran.returncode == 0, ran.stderr
    assert totals(course, url) == expected(4)
    assert not (course.root / "gradebook.db").exists()
    ran = course.nbgrader("export")
    assert ran.returncode == 0, ran.stderr
    assert "learner03" in (course.root / "grades.csv").read_text()
    ran = course.grader("report", LESSON)
    assert ran.returncode == 0, ran.stderr


def test_a_database_that_restarts_loses_nothing(postgresql, tmp_path):
    url = postgresql.url
    course = small_class(tmp_path / "course", SIZE, in_postgresql(url))
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "autograde", LESSON],
        cwd=course.root,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    wait_for(lambda: graded_so_far(course) > 1)
    postgresql.restart()
    _, said = process.communicate(timeout=180)
    assert "Traceback" not in said
    if process.returncode:  # it noticed
        assert process.returncode == 2
        assert "What was graded so far is kept" in said
    ran = course.grader("autograde", LESSON)
    assert ran.returncode == 0, ran.stderr
    assert totals(course, url) == expected(SIZE)
