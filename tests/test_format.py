"""Format and spelling, by the tools that a contributor would run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXTS = (
    *("README.md", "CONTRIBUTING.md", "docs", "solutions"),
    *("authoring", "byhand", "grader", "site", "tests"),
)


def run(*command):
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("command", ["check", "format --check"])
def test_ruff(command):
    ran = run("ruff", *command.split(), ".")
    assert ran.returncode == 0, ran.stdout


def test_types():
    ran = run("mypy", "--cache-dir", ".mypy_cache")
    assert ran.returncode == 0, ran.stdout


def test_the_types_test_can_fail(tmp_path):
    (tmp_path / "wrong.py").write_text("def f(x: int) -> str:\n    return x\n")
    ran = run(
        *("mypy", "--strict", "--config-file", "", "--cache-dir"),
        *(str(tmp_path / "cache"), str(tmp_path / "wrong.py")),
    )
    assert "Incompatible return value type" in ran.stdout


def test_spelling():
    ran = run("codespell_lib", *TEXTS)
    assert ran.returncode == 0, ran.stdout


def test_the_spelling_test_can_fail(tmp_path):
    wrong = "re" + "cieved"
    (tmp_path / "a.md").write_text(f"A mark is {wrong}.")
    ran = run("codespell_lib", str(tmp_path))
    assert wrong in ran.stdout
    assert ran.returncode != 0


# What the field calls it, against what it is sometimes called.
WRONG_NAMES = {
    "dmodel": "d_model",
    "n_heads": "num_heads",
    "self attention": "self-attention",
    "soft-max": "softmax",
    "Back-propagation": "backpropagation",
}


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_names_are_the_fields(name):
    for path in [*ROOT.glob("solutions/*.py"), *ROOT.glob("byhand/**/*.py")]:
        text = path.read_text(encoding="utf-8")
        found = re.search(rf"\b{name}\b", text, re.I)
        assert not found, f"{path}: {name} should be {WRONG_NAMES[name]}"
