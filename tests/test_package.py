"""The wheel, where `byhand` alone is installed: no Jupyter, no nbgrader.

As on a machine that has PyTorch and NumPy already, or in a browser. What
`byhand` asks for is linked into an environment of its own, and nothing else:
tests fetch nothing.
"""

import importlib.metadata
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from authoring import paths
from tests import gates

PACKAGES = ("authoring", "byhand", "grader")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that nothing is written into the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(paths.ROOT / name, copy)
    for name in (*PACKAGES, "solutions", "lessons", "tests"):
        shutil.copytree(
            paths.ROOT / name,
            copy / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--no-index"),
            *("--wheel-dir", str(folder), str(copy)),
        ],
        check=True,
    )
    (made,) = folder.glob("*.whl")
    return made


def needed(name: str, known: set[str]) -> set[str]:
    """A distribution and all that it asks for here, without extras."""
    if name in known:
        return known
    known.add(name)
    for line in importlib.metadata.requires(name) or ():
        asked = Requirement(line)
        if asked.marker is None or asked.marker.evaluate({"extra": ""}):
            needed(asked.name, known)
    return known


@pytest.fixture(scope="module")
def alone(wheel, tmp_path_factory):
    """A Python with byhand and what it needs; the answer to its code."""
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    site = next((folder / "lib").glob("python*/site-packages"))
    for name in needed("byhand", set()) - {"byhand"}:
        distribution = importlib.metadata.distribution(name)
        # What lies beside the packages: commands, and pages of manuals.
        tops = {path.parts[0] for path in distribution.files} - {".."}
        for top in tops - {"__pycache__"}:
            there = Path(distribution.locate_file(top))
            if there.exists() and not (site / top).exists():
                (site / top).symlink_to(there)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(python)),
            *("--quiet", "install", "--no-deps", "--no-index", str(wheel)),
        ],
        check=True,
    )
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def run(*arguments):
        return subprocess.run(
            [str(python), *arguments],
            cwd=elsewhere,
            capture_output=True,
            text=True,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(elsewhere),
                "COLUMNS": "200",
            },
        )

    return run


CODE = """
import importlib.util

import byhand
import numpy as np
from byhand import CheckFailed, check
from byhand.sliders import attention, trained_heads

assert "site-packages" in byhand.__file__, byhand.__file__
for name in ("jupyterlab", "nbgrader", "nbclient", "matplotlib", "sklearn"):
    assert importlib.util.find_spec(name) is None, name


def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


check("self_attention.softmax", softmax)
try:
    check("self_attention.softmax", lambda z, axis=-1: np.exp(z))
except CheckFailed as error:
    print(error)
print(attention.show())
print(trained_heads.show())
"""


def test_a_check_and_a_slider_work_there(alone):
    done = alone("-c", CODE)
    assert done.returncode == 0, done.stderr
    assert "self_attention.softmax: right" in done.stdout
    assert "self_attention.softmax: not right yet" in done.stdout
    assert "Cat attends to The 0.1554" in done.stdout  # the slider, read
    # What a trained model says, by the weights that come with the package.
    assert "Likely to come next: “drum” 1.00" in done.stdout


def test_doctor_says_what_is_there_and_what_is_not(alone):
    done = alone("-m", "byhand", "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "make lab" in done.stdout and "make grading" in done.stdout


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["byhand", "exercises"], "self_attention.softmax"),
        (["byhand", "hint", "self_attention.softmax"], ""),
        (["byhand.gpt", "--help"], "train"),
    ],
)
def test_its_commands_work_there(alone, command, said):
    done = alone("-m", *command)
    assert done.returncode == 0, done.stderr
    assert said in done.stdout


def test_what_is_not_there_is_named(alone):
    done = alone("-m", "grader", "selftest")
    assert done.returncode == 2
    assert done.stderr.startswith("grader needs nbgrader")


def test_the_wheel_holds_no_lesson_and_no_solution(wheel):
    lines = set()
    for source in paths.sources():
        cells = nbformat.read(paths.solved_path(source.stem), 4).cells
        lines |= gates.solution_lines(cells) | gates.model_answers(cells)
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        tops = {name.partition("/")[0] for name in names}
        assert {t for t in tops if not t.endswith(".dist-info")} == set(
            PACKAGES
        )
        assert not [name for name in names if name.endswith(".ipynb")]
        assert "byhand/exercises/self_attention/softmax.py" in names
        for name in names:
            if name.startswith("byhand/") and name.endswith(".py"):
                text = opened.read(name).decode("utf-8")
                assert gates.leaks(lines, text) == [], name
