"""What must work where nothing can be sealed: a lesson, and a sentence."""

import os
import subprocess
import sys

import psutil
import pytest

from authoring.paths import ROOT
from grader import sealed
from tests.grader.courses import wait_for

# Our own modules must not need at import what Windows or macOS lacks;
# nbgrader reads nbgrader_config.py wherever a learner opens JupyterLab.
ELSEWHERE = """
import builtins, ctypes, sys

ours = ("grader", "byhand", "__main__")
real_import, real_library = builtins.__import__, ctypes.CDLL

def guarded(name, globals=None, *rest, **named):
    home = (globals or {}).get("__name__", "").partition(".")[0]
    if home in ours and name in ("fcntl", "resource", "pwd"):
        raise ImportError(f"{home} imports {name}")
    return real_import(name, globals, *rest, **named)

def library(name, *rest, **named):
    home = sys._getframe(1).f_globals["__name__"].partition(".")[0]
    if name is None and home in ours:
        raise TypeError("Windows has no library without a name")
    return real_library(name, *rest, **named)

builtins.__import__, ctypes.CDLL = guarded, library
"""


def python(code, **more):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **more,
    )


def test_the_configuration_can_be_read_anywhere():
    code = (
        f"{ELSEWHERE}\n"
        "from traitlets.config import Config\n"
        "names = {'get_config': Config, '__file__': 'nbgrader_config.py'}\n"
        "exec(open('nbgrader_config.py').read(), names)\n"
        "import grader.__main__, grader.lane, grader.selftest\n"
    )
    ran = python(code)
    assert ran.returncode == 0, ran.stderr


def test_the_guard_can_fail():
    ran = python(f"{ELSEWHERE}\nimport resource")
    assert "__main__ imports resource" in ran.stderr


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_told_what_is_missing(monkeypatch, system):
    sealed.what_is_missing.cache_clear()
    monkeypatch.setattr(sealed.sys, "platform", system)
    try:
        assert sealed.what_is_missing() == (
            f"the seal needs Linux, and this is {system}"
        )
    finally:
        sealed.what_is_missing.cache_clear()


def test_without_pidfds_a_worker_without_a_seal_is_ended_too(monkeypatch):
    """macOS has none."""
    code = (
        "import os, sys; del os.pidfd_open; sys.argv[2:] = ['--bare'];"
        "from grader.inside.worker import main; main()"
    )
    monkeypatch.setattr(
        sealed,
        "_unsealed",
        lambda control, *_: [sys.executable, "-c", code, control],
    )
    with sealed.Nursery(sealed=False) as nursery:
        worker = nursery.worker()
        assert worker.pidfd is None
        came = worker.request("run", 20, source="6 * 7", limit=5)
        assert came[0]["data"]["text/plain"] == "42"
        with pytest.raises(sealed.Late):
            worker.request("run", 1, source="while True: pass", limit=60)
        wait_for(lambda: not psutil.pid_exists(worker.process), seconds=20)
