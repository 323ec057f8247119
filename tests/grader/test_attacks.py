"""Hostile submissions earn nothing and harm nothing."""

import nbformat
import pytest

from authoring.paths import solved_path
from grader import attacks, selftest
from grader.attacks import LESSON, LOOT, Attack, insert, take_the_wire
from grader.sealed import what_is_missing

KNOWN = attacks.load()
pytestmark = pytest.mark.skipif(
    bool(what_is_missing()), reason=f"cannot seal: {what_is_missing()}"
)


@pytest.fixture(scope="module", autouse=True)
def ready():
    selftest.get_ready()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", KNOWN)
def test_the_seal_holds(name):
    assert selftest.face(KNOWN[name]).broken == ""


def test_there_are_enough_and_each_says_what_it_tries():
    assert len(KNOWN) >= 45
    for attack in KNOWN.values():
        assert attack.tries.endswith(".")
        assert attack.stock != "not run"


# --- the harness can fail --------------------------------------------------


def faced(act, **earns) -> str:
    """What the harness finds broken after an attack of ours."""
    attack = Attack("ours", "Tries nothing.", act, earns, "")
    return selftest.face(attack).broken


def solve(nb, folder):
    nb.cells = nbformat.read(solved_path(LESSON), as_version=4).cells


def test_marks_are_noticed():
    assert "2 points for softmax-check" in faced(solve)


def test_lost_marks_are_noticed():
    broken = faced(lambda nb, folder: None, **{"softmax-check": 2.0})
    assert broken == "softmax-check lost its points"


def test_loot_is_noticed():
    broken = faced(lambda nb, _: insert(nb, f"print('{LOOT} gold')"))
    assert broken == "loot: gold"


def test_attacks_on_the_wire_hold_it():
    broken = faced(
        lambda nb, _: insert(
            nb, take_the_wire, f"print('{LOOT}', wire.end.fileno() > 2)"
        )
    )
    assert broken == "loot: True"


def test_changed_files_and_processes_are_noticed(tmp_path):
    import subprocess

    selftest.furnish(tmp_path)
    before, ours = selftest.fingerprint(tmp_path), selftest.processes()
    (tmp_path / "gradebook.db").write_bytes(b"")
    after = selftest.fingerprint(tmp_path)
    assert len(list(selftest.changes(before, after))) == 1
    with subprocess.Popen(["sleep", "60"]) as left:
        assert selftest.left_behind(ours) == {left.pid}
        left.kill()
