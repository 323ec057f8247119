"""What holds for every test: no network, and on CI no skipping."""

import os
import socket
import tempfile
from pathlib import Path

# A thread each, for two processes on two cores: more would wait for each
# other at every matrix product. Before PyTorch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from xdist.scheduler import LoadScopeScheduling

# Of the two processes, and of all that tests start: see there.
LEAN = Path(__file__).with_name("lean")
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, (str(LEAN), os.environ.get("PYTHONPATH")))
)

# A `make` that a test starts prints what it prints at a prompt: within the one
# that runs the tests it would name its directory, too.
for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(name, None)


def pytest_addoption(parser):
    parser.addoption(
        "--lesson",
        metavar="07",
        help="only what concerns one lesson (see tests/concerning.py)",
    )


def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        "about(name): concerns this lesson, exercise or slider, though no "
        "parameter says so; see tests/concerning.py",
    )
    # What tests and their kernels note is not the person's who runs them.
    state = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    config.add_cleanup(state.cleanup)
    os.environ["XDG_STATE_HOME"] = state.name
    if number := config.getoption("lesson"):
        # Not above: OMP_NUM_THREADS comes before PyTorch, and --help at once.
        from tests.concerning import lesson_of

        config.lesson = lesson_of(number)


def pytest_collection_modifyitems(config, items):
    """Leave out what does not concern the lesson that was asked for."""
    if not config.getoption("lesson"):
        return
    from tests.concerning import concerns

    about = [item for item in items if config.lesson in concerns(item)]
    config.hook.pytest_deselected(
        items=[item for item in items if item not in set(about)]
    )
    items[:] = about


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Tests run offline: only this machine's own addresses can be reached."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host not in ("127.0.0.1", "::1", "localhost"):
                raise RuntimeError(f"a test went to the network: {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def own_state(monkeypatch, tmp_path):
    """A test's hints and notes are not another test's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(scope="session")
def nursery():
    """Where sealed processes come from."""
    from grader.sealed import Nursery

    with Nursery() as nursery:
        yield nursery


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """On CI a skipped test is a failed one: a gate that is not there."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and on CI that fails: {report.longrepr}"
    return report


class Together(LoadScopeScheduling):
    """Tests that share a server, a class, a build or what is right on many
    inputs go to one process.

    Scopes of many tests begin first, and these are the longest. (xdist's own
    groups, by mark, are not kept under this version of pytest.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        if file.startswith(("tests/browser/", "tests/site/")) or file in (
            "tests/end_to_end/test_class.py",
            "tests/grader/test_hostile_class.py",
            "tests/notebooks/test_build.py",
            "tests/test_concerning.py",
        ):
            return file
        if file == "tests/end_to_end/test_every_lesson.py":
            return f"{file}[{test.partition('[')[2]}"
        if file == "tests/exercises/test_refused.py":  # [exercise: answer]
            return f"{file}[{test.partition('[')[2].partition(':')[0]}"
        return nodeid


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)
