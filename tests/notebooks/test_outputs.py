"""Every output reproduces, in a machine without a network."""

import shutil
import subprocess
import sys

import pytest

from authoring import paths

LESSONS = [source.stem for source in paths.sources()]
# A network namespace that holds nothing but the loopback interface.
OFFLINE = ["bwrap", "--dev-bind", "/", "/", "--unshare-net"]
REACH_OUT = (
    "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
)


@pytest.fixture(scope="module")
def offline():
    """The command that runs another one without a network."""
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    if subprocess.run([*OFFLINE, "true"], capture_output=True).returncode:
        pytest.skip("this system allows no network namespaces")
    return OFFLINE


def test_nothing_gets_out_of_the_namespace(offline):
    ran = subprocess.run(
        [*offline, sys.executable, "-c", REACH_OUT],
        capture_output=True,
        text=True,
    )
    assert "Network is unreachable" in ran.stderr


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_fresh_run_prints_the_same(offline, lesson, tmp_path):
    # In another language and another time zone, on one thread.
    environment = [
        *("env", "LC_ALL=C.UTF-8", "LANGUAGE=de", "TZ=Asia/Tokyo"),
        *("OMP_NUM_THREADS=1", "PYTHONHASHSEED=7"),
    ]
    ran = nbval(paths.solved_path(lesson), [*offline, *environment])
    assert ran.returncode == 0, ran.stdout[-5000:]
    assert "passed" in ran.stdout


def test_a_changed_output_is_noticed(tmp_path):
    path = tmp_path / "changed.ipynb"
    text = paths.solved_path("07_self_attention").read_text("utf-8")
    assert "0.1554" in text
    path.write_text(text.replace("0.1554", "0.1574"), "utf-8")
    ran = nbval(path, [])
    assert ran.returncode == 1
    assert "0.1574" in ran.stdout


def nbval(path, command):
    return subprocess.run(
        [
            *(*command, sys.executable, "-m", "pytest", "--nbval", "-q"),
            *("-p", "no:cacheprovider", "--rootdir", str(path.parent)),
            *("-c", "/dev/null", "--nbval-cell-timeout", "120", str(path)),
        ],
        capture_output=True,
        text=True,
        cwd=path.parent,
    )
