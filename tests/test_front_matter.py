"""What somebody reads before they have installed anything is true."""

import importlib.util
import json
import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from nbgrader.apps.nbgraderapp import NbGraderApp

import authoring.site
import byhand.__main__
import byhand.gpt.__main__
import grader.__main__
import tests.bench.gpt
from authoring.paths import ROOT
from byhand import CheckFailed, check

PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")],
    key=lambda path: path.name,
)
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PARSERS = {
    "python -m byhand": byhand.__main__.parser,
    "python -m byhand.gpt": byhand.gpt.__main__.parser,
    "grader": grader.__main__.parser,
    "python -m authoring.site": authoring.site.parser,
    "make bench-gpt": tests.bench.gpt.parser,
    "make site": authoring.site.parser,
}
# Not ours; their own manuals say what they take.
OTHERS = (
    *("cd", "conda", "cp", "dask", "git", "gitpuller", "jupyter", "pip"),
    *("py", "source", "sudo", "python -m pip", "python -m pytest"),
)
FENCED = re.compile(r"^```(?:sh|bat)\n(.*?)^```", re.M | re.S)
OURS = re.compile(r"(?:make|grader|nbgrader|python -m byhand\S*) .*")


def commands(page: Path) -> Iterator[str]:
    """Every command of a page: of its blocks, and what it names in a line."""
    text = page.read_text("utf-8")
    for block in FENCED.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            line = re.sub(r"(^|\s)#.*", "", line)
            yield from filter(None, map(str.strip, line.split("&&")))
    for named in re.findall(r"`([^`\n]+)`", FENCED.sub("", text)):
        if OURS.fullmatch(named) and "…" not in named:
            # `grader import-roster` is what it is called, without its FILE.
            yield named if problem(named + " x") else named + " x"


def problem(command: str) -> str:
    """Why a command is none, or nothing."""
    words = shlex.split(command.replace(".venv\\Scripts\\", ""))
    program = " ".join(words[:3]) if words[0] == "python" else words[0]
    if program in PARSERS:
        return of_parser(PARSERS[program](), words[program.count(" ") + 1 :])
    if program == "make":
        return of_make(words[1:])
    if program == "nbgrader":
        known = NbGraderApp.subcommands
        return "" if words[1] in known else f"nbgrader has no {words[1]}"
    if program == "torchrun":  # what it starts is ours
        return problem(f"python {shlex.join(words[words.index('-m') :])}")
    if program in OTHERS:
        return ""
    if program.startswith("python -m "):
        found = importlib.util.find_spec(words[2])
        return "" if found else f"there is no module {words[2]}"
    return f"what is {program}?"


def of_parser(parser, words: list[str]) -> str:
    try:
        _, rest = parser.parse_known_args(words)
    except SystemExit:
        return f"{words} is not accepted"
    return f"{rest} is not known" if rest else ""


def of_make(words: list[str]) -> str:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    goals = [word for word in words if "=" not in word]
    settings = dict(word.split("=", 1) for word in words if "=" in word)
    if unknown := {*goals} - {*targets, "bench-…"}:
        return f"make has no {unknown}"
    if parser := PARSERS.get(f"make {' '.join(goals)}"):
        return of_parser(parser(), shlex.split(settings.get("ARGS", "")))
    return ""


@every_page
def test_every_command_is_accepted(page):
    found = [*commands(page)]
    assert [p for p in map(problem, found) if p] == []
    if page.name in ("README.md", "grading.md", "CONTRIBUTING.md"):
        assert len(found) > 4


@pytest.mark.parametrize(
    "command",
    [
        *("make lob", "grader autograd x", "grader report --html x"),
        *("python -m byhand hints x", "python -m byhand.gpt train --stop 3"),
        *("nbgrader grade x", "python -m byhand.gtp", "made lab"),
        *("make bench-gpt ARGS=--texts", "make site ARGS=--shows"),
        "torchrun -m byhand.gpt train --stop 3",
    ],
)
def test_a_command_that_is_none_is_noticed(command):
    assert problem(command)


@every_page
def test_links_within_the_project_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)
    for link in re.findall(r"\]\(([^)\s]+)", text):
        where, _, heading = link.partition("#")
        if "://" in link:
            continue
        target = page.parent / where if where else page
        assert target.exists(), link
        if heading:
            titles = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.M)
            assert heading in [slug(title) for title in titles], link


def slug(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


@every_page
def test_no_page_names_a_place_outside_the_project(page):
    text = page.read_text("utf-8")
    # A file's path from a root, from a home, or out of the project.
    outside = r"(^|[\s`(\"'])(/[a-z]+/|~/|(\.\./)+)"
    assert not re.search(outside, text, re.M)


def test_rows_say_the_minutes_of_their_lessons():
    """That each lesson has its row, tests/notebooks/ asks."""
    text = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[`(\w+)`\].* \| (\d+) \| .* \|$", text, re.M)
    assert len(rows) > 1
    for lesson, said in rows:
        assert said == minutes(ROOT / "solutions" / f"{lesson}.py"), lesson


def minutes(source: Path) -> str:
    text = source.read_text("utf-8").replace("\n# ", " ")
    return re.search(r"About (\d+) minutes", text)[1]


def test_the_message_in_the_readme_is_what_a_check_says():
    text = (ROOT / "README.md").read_text("utf-8")
    shown = re.search(r"^```text\n(.*?)```", text, re.M | re.S)[1]

    def gradient_step(x, grad, lr):
        return x + lr * grad

    with pytest.raises(CheckFailed) as said:
        check("gradient_descent.gradient_step", gradient_step)
    assert str(said.value).startswith(shown)
    assert len(text.splitlines()) <= 110


def test_the_version_is_the_same_everywhere():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    newest = re.search(
        r"^## (\S+?),? ", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M
    )
    assert cited["version"] == PROJECT["version"] == newest[1]


def test_licences_are_the_same_everywhere():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert PROJECT["license"].split(" AND ") == cited["license"]
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "MIT licence" in text and "CC BY 4.0" in text


def test_changes_begin_with_what_they_concern():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    begins = re.compile(
        r"(`(marks|grader|site):`|(`lesson \d\d:`(,| to| and)? ?)+"
        r"|all lessons:)"
    )
    for line in re.findall(r"^- (.+)$", text, re.M):
        assert begins.match(line), line


@pytest.mark.parametrize("name", ["test", "site"])
def test_what_ci_runs_is_what_the_project_runs(name):
    """A workflow's commands are accepted."""
    steps = [step for job in jobs_of(name).values() for step in job["steps"]]
    ran = [step["run"] for step in steps if "run" in step]
    assert f"make {name}" in ran
    for command in ran:
        for line in command.splitlines():
            if not line.startswith("#"):
                assert problem(line) == "", line


def jobs_of(workflow: str) -> dict[str, dict]:
    path = ROOT / f".github/workflows/{workflow}.yml"
    return yaml.safe_load(path.read_text("utf-8"))["jobs"]


def test_ci_tries_the_pythons_that_are_declared():
    tried = jobs_of("test")["linux"]["strategy"]["matrix"]["python"]
    declared = [
        c.rpartition(" ")[2]
        for c in PROJECT["classifiers"]
        if re.search(r":: 3\.\d+$", c)
    ]
    assert tried == declared


def test_binder_gets_what_the_package_asks_for():
    path = ROOT / ".binder" / "environment.yml"
    asked = yaml.safe_load(path.read_text("utf-8"))["dependencies"]
    (torch,) = (d for d in PROJECT["dependencies"] if d.startswith("torch"))
    assert f"python{PROJECT['requires-python']}" in asked
    assert torch.partition(";")[0].replace("torch", "pytorch-cpu") in asked
    last = ROOT / ".binder" / "postBuild"
    assert os.access(last, os.X_OK)
    lines = last.read_text("utf-8").splitlines()
    for line in lines[lines.index("set -euo pipefail") + 1 :]:
        assert problem(line) == "", line


def test_a_dev_container_is_binders_environment():
    folder = ROOT / ".devcontainer"
    asked = json.loads((folder / "devcontainer.json").read_text("utf-8"))
    recipe = (folder / asked["build"]["dockerfile"]).read_text("utf-8")
    (copied,) = re.findall(r"^COPY (\S+) ", recipe, re.M)
    assert (folder / asked["build"]["context"] / copied).is_file()
    assert (ROOT / asked["onCreateCommand"]).is_file()
    # What follows are JupyterLab's own options.
    assert problem(asked["postAttachCommand"].partition(" --")[0]) == ""


def test_the_name_of_every_folder_is_in_contributing():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    tree = re.search(r"```\n(.*?)```", text, re.S)[1]
    for path in ROOT.iterdir():
        shown = path.is_dir() and not path.name.startswith(".")
        if shown and not path.name.endswith((".egg-info", "build")):
            assert f"{path.name}/" in tree, path
