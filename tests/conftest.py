"""What holds for every test: no network, and on CI no skipping."""

import os
import socket

# A thread each, for two processes on two cores: more would wait for each
# other at every matrix product. Before PyTorch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from xdist.scheduler import LoadScopeScheduling


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
    """Hints that a test takes are not those of the person who runs it."""
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
    """Tests that share a server or a graded class go to one process.

    Those begin first, being the longest. (xdist's own groups, by mark, are
    not kept under this version of pytest.)
    """

    def _split_scope(self, nodeid: str) -> str:
        for shared in (
            "tests/browser/",
            "tests/end_to_end/test_class.py",
            "tests/grader/test_hostile_class.py",
        ):
            if nodeid.startswith(shared):
                return shared
        return nodeid


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)
