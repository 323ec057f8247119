"""The places that name versions say the same."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [Requirement(x) for x in lines if x and not x.startswith("#")]
    return {canonical(p.name): str(p.specifier) for p in pins}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


EXTRAS = PROJECT["optional-dependencies"]
# Imported, and brought by another package that is asked for.
BROUGHT = {
    "ipywidgets": {"IPython", "traitlets"},
    "ipykernel": {"jupyter_client", "jupyter_core"},
    "jupyterlab": {"jupyter_server", "jupyterlab_server"},
    "markdown-it-py": {"markdown_it"},
    "mdit-py-plugins": {"mdit_py_plugins"},
    "nbclient": {"nbformat"},
    "nbgrader": {"nbconvert", "sqlalchemy"},
    "jinja2": set(),
    "bleach": set(),
    "fonttools": {"fontTools"},
    "rich": {"pygments"},
    "scikit-learn": {"sklearn"},
}
# Imported by a server that is there when it does so.
BY_JUPYTER = {"byhand/sliders/server.py"}


def asked_for(extra: str) -> list[Requirement]:
    lines = EXTRAS[extra] if extra else PROJECT["dependencies"]
    return [Requirement(line) for line in lines]


def test_a_range_begins_at_a_version_and_holds_the_one_that_is_pinned():
    pins = constraints()
    for asked in [x for extra in ("", *EXTRAS) for x in asked_for(extra)]:
        pin = pins[canonical(asked.name)].removeprefix("==")
        assert re.fullmatch(r">=[\d.]+", str(asked.specifier)), str(asked)
        assert asked.specifier.contains(pin), str(asked)


def imported(package: str) -> Iterator[tuple[str, str, bool]]:
    """File, what it imports from elsewhere, whether that is at its head."""
    ours = {"byhand", "grader", "authoring", "tests"}
    for path in sorted((ROOT / package).rglob("*.py")):
        if "attacks" in path.parts:  # cells, which say what they like
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in {name.partition(".")[0] for name in names}:
                if name not in ours | sys.stdlib_module_names:
                    file = path.relative_to(ROOT).as_posix()
                    yield file, name, node in tree.body


@pytest.mark.parametrize(
    ("package", "head", "anywhere"),
    [
        ("byhand", ("",), ("", "lab")),
        ("grader", ("", "lab", "grading"), ("", "lab", "grading", "cluster")),
        ("authoring", ("", "lab", "grading", "test"), ("site",)),
    ],
)
def test_what_is_imported_is_asked_for(package, head, anywhere):
    """At a file's head only what is there whenever the package is."""

    def allowed(extras):
        names = {x.name.lower() for e in extras for x in asked_for(e)}
        return names | {n for name in names for n in BROUGHT.get(name, ())}

    wrong = [
        (file, name)
        for file, name, at_head in imported(package)
        if name not in allowed(head if at_head else (*head, *anywhere))
        and file not in BY_JUPYTER
    ]
    assert wrong == []


def test_every_constraint_is_exact_and_free_of_local_builds():
    for name, pin in constraints().items():
        assert re.fullmatch(r"==[\w.]+", pin), (name, pin)


def test_what_is_installed_is_what_is_pinned():
    wrong = {}
    for name, pin in constraints().items():
        try:
            found = metadata.version(name).partition("+")[0]
        except metadata.PackageNotFoundError:
            continue  # needed on another system
        if f"=={found}" != pin:
            wrong[name] = found
    assert wrong == {}


def test_torch_is_not_turned_into_one_build():
    assert constraints()["torch"] == "==2.13.0"
    for name in ("pyproject.toml", "constraints.txt", "environment.yml"):
        text = (ROOT / name).read_text()
        assert "index-url" not in text
        assert "+cpu" not in text


def test_conda_installs_the_project_through_pip():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *conda, pip = environment["dependencies"]
    assert [Requirement(c).name for c in conda] == ["python", "pip"]
    assert pip == {
        "pip": ["--constraint constraints.txt", "--editable .[lab]"]
    }
    python = Requirement(conda[0]).specifier
    assert python == SpecifierSet(PROJECT["requires-python"])


def test_the_declared_pythons():
    declared = SpecifierSet(PROJECT["requires-python"])
    assert [v for v in range(9, 16) if f"3.{v}.0" in declared] == [11, 12, 13]
    assert f"{sys.version_info[0]}.{sys.version_info[1]}.0" in declared
    for version in ("3.11", "3.12", "3.13"):
        name = f"Programming Language :: Python :: {version}"
        assert name in PROJECT["classifiers"]


@pytest.mark.parametrize("module", ["grader.lane", "authoring.build"])
def test_notebooks_are_read_without_the_grammar_of_addresses(module):
    code = f"import sys, {module}; print(*sys.modules)"
    # As anybody has it: without what tests put in its way.
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=env,
    )
    assert {"nbformat", "jsonschema"} <= {*run.stdout.split()}
    assert "lark" not in run.stdout.split()
