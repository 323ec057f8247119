"""The places that name versions say the same."""

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

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


def test_every_direct_pin_is_exact_and_the_same_in_constraints():
    pins = constraints()
    extras = PROJECT["optional-dependencies"].values()
    for line in [*PROJECT["dependencies"], *(x for e in extras for x in e)]:
        requirement = Requirement(line)
        assert str(requirement.specifier).startswith("==")
        assert pins[canonical(requirement.name)] == str(requirement.specifier)


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
    assert pip == {"pip": ["--constraint constraints.txt", "--editable ."]}
    python = Requirement(conda[0]).specifier
    assert python == SpecifierSet(PROJECT["requires-python"])


def test_the_declared_pythons():
    declared = SpecifierSet(PROJECT["requires-python"])
    assert [v for v in range(9, 16) if f"3.{v}.0" in declared] == [11, 12, 13]
    assert f"{sys.version_info[0]}.{sys.version_info[1]}.0" in declared
    for version in ("3.11", "3.12", "3.13"):
        name = f"Programming Language :: Python :: {version}"
        assert name in PROJECT["classifiers"]
