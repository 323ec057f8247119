"""What learners' code can see and do inside the seal."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from authoring.paths import ROOT
from grader import sealed
from tests.grader.courses import wait_for

LISTED = "import os\nlen(os.listdir(tempfile.gettempdir()))"


@pytest.fixture
def run(nursery):
    worker = nursery.worker()

    def run(source):
        outputs = worker.request("run", 30, source=source, limit=20)
        return "\n".join(
            o.get("text") or o.get("evalue") or str(o.get("data"))
            for o in outputs
        )

    yield run
    worker.kill()


def test_this_machine_can_seal():
    assert sealed.what_is_missing() == ""


def test_it_sees_a_system_and_nothing_of_ours(run):
    seen = run("import os\nprint(sorted(os.listdir('/')))")
    assert "'home'" not in seen and "'usr'" in seen
    for path in (ROOT, ROOT / "solutions", ROOT / "grader", Path.home()):
        came = run(f"import os\nprint(os.path.exists({str(path / 'x')!r}))")
        assert came == "False\n"
    assert "No such file" in run("open('/etc/passwd')")
    assert run("print(os.listdir('/proc'), os.getpid())") == "[] 1\n"


def test_no_reference_can_be_imported(run):
    came = run("import byhand.exercises.self_attention")
    assert "No module named" in came
    source = "\n".join(
        [
            "import gc",
            "from byhand.exercise import Exercise",
            "print([o for o in gc.get_objects() if type(o) is Exercise])",
        ]
    )
    assert run(source) == "[]\n"


def test_no_package_in_reach_holds_a_reference(run):
    came = run(
        "import os, sys\n"
        "for path in sys.path:\n"
        "    for where, _, names in os.walk(path):\n"
        "        if where.endswith('byhand/exercises'):\n"
        "            print(where, names)\n"
    )
    assert came == "/seal/byhand/exercises []\n"


@pytest.mark.parametrize(
    "source",
    [
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import os; os.fork()",
        # What `subprocess` calls, which says there that it starts nothing.
        "import _posixsubprocess as p; p.fork_exec(['true'], [b'/bin/true'],"
        " True, (), None, None, *[-1] * 6, 3, 4, False, False, 0, None, None,"
        " None, -1, None, False)",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.kill(1, 0)",
        "import ctypes; raise OSError(*[1, 'Operation not permitted'][:"
        " 2 * ctypes.CDLL(None).ptrace(0, 0, 0, 0) ** 2])",
    ],
)
def test_calls_that_reach_out_are_refused(run, source):
    assert "Operation not permitted" in run(source)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("open('/usr/x', 'w')", "Read-only"),
        ("open('/seal/x', 'w')", "Read-only"),
        ("open('/x', 'w')", "Read-only"),
        ("open('/dev/x', 'w')", "Read-only"),
        ("open('/dev/shm/x', 'w')", "Read-only"),
        ("open('big', 'wb').write(bytes(64 * 2**20))", "File too large"),
        (
            "import tempfile; folder = tempfile.gettempdir()\n"
            "for name in 'abc':\n"
            "    open(f'{folder}/{name}', 'wb').write(bytes(2**24))",
            "No space",
        ),
        ("[open('/dev/null') for _ in range(999)]", "Too many open files"),
    ],
)
def test_what_it_may_write_and_open_is_bounded(run, source, said):
    assert said in run(source)


def test_memory_is_bounded(run):
    came = run(
        "try:\n    bytearray(3 * 2**30)\nexcept MemoryError:\n    print('no')"
    )
    assert came == "no\n"


def test_nothing_survives_and_nobody_else_is_seen(nursery):
    one = nursery.worker()
    write = "import tempfile\ntempfile.NamedTemporaryFile(delete=False)"
    one.request("run", 9, source=write, limit=5)
    other = nursery.worker()
    came = other.request(
        "run", 9, source=f"{write}.close()\n{LISTED}", limit=5
    )
    assert came[0]["data"]["text/plain"] == "1"
    one.kill()
    other.kill()


def test_the_environment_tells_nothing(run):
    assert run("import os\nprint(sorted(os.environ))") in (
        "['HOME', 'LANG', 'PATH']\n",
        "['HOME', 'LANG', 'PATH', 'PWD']\n",
    )


def test_torch_computes_after_the_fork(run):
    came = run(
        "import torch\nx = torch.eye(200, requires_grad=True)\n"
        "(x @ x).sum().backward()\nprint(int(x.grad.sum()))"
    )
    assert came == "80000\n"


def test_it_works_for_an_ordinary_user():
    """In a namespace of a user without any right on this machine."""
    code = (
        "import os\n"
        "from grader.sealed import Nursery\n"
        "assert os.getuid() == 1234\n"
        "with Nursery() as nursery:\n"
        "    worker = nursery.worker()\n"
        "    print(worker.request('run', 20, source='6 * 7', limit=5))\n"
        "    worker.kill()\n"
    )
    ran = subprocess.run(
        [
            *("unshare", "--user", "--map-user=1234", "--map-group=1234"),
            *(sys.executable, "-c", code),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 0, ran.stderr
    assert "'42'" in ran.stdout


def test_where_it_cannot_be_had_it_says_what_is_missing(monkeypatch):
    sealed.what_is_missing.cache_clear()
    monkeypatch.setattr(sealed.shutil, "which", lambda _: None)
    try:
        with pytest.raises(sealed.CannotSeal, match="apt install bubblewrap"):
            sealed.Nursery()
    finally:
        sealed.what_is_missing.cache_clear()


def test_a_dead_nursery_is_noticed():
    nursery = sealed.Nursery()
    nursery.wait()
    nursery.process.kill()
    nursery.process.wait()
    assert not nursery.alive()
    with pytest.raises(sealed.CannotSeal):
        nursery.worker()
    nursery.close()


def test_several_ask_one_nursery_until_its_owner_closes_it():
    nursery = sealed.Nursery(torch=False)
    nursery.wait()
    doors = [nursery.beside(torch) for torch in (False, True, True)]
    for door in doors:
        door.wait()
        worker = door.worker()
        came = worker.request("run", 20, source="6 * 7", limit=5)
        assert came[0]["data"]["text/plain"] == "42"
        worker.kill()
        # It has nothing to say, and nobody waits until it does.
        door.control.settimeout(0.1)
        assert door.alive()
    below = psutil.Process(nursery.process.pid).children(recursive=True)
    mapped = [Path(f"/proc/{p.pid}/maps").read_text() for p in below]
    assert sum("libtorch_cpu" in one for one in mapped) == 1
    nursery.close()
    for door in doors:
        wait_for(lambda door=door: not door.alive(), seconds=20)
        with pytest.raises(sealed.CannotSeal):
            door.worker()
        door.close()


def test_of_the_environment_only_what_python_needs_is_seen(run):
    came = run(
        "import os, sys\n"
        "for prefix in {sys.prefix, sys.base_prefix}:\n"
        "    # The system's own Python is a part of the system.\n"
        "    if not f'{prefix}/'.startswith('/usr/'):\n"
        "        print(*os.listdir(prefix), sep='\\n')"
    )
    assert set(came.split()) <= {"bin", "lib", "lib64", "pyvenv.cfg"}
