"""An autograder for Gradescope: the archive, and what runs in it there.

Gradescope unpacks the archive in /autograder/source, runs its setup.sh once,
and its run_autograder for each submission; what came of it is read from
/autograder/results/results.json (gradescope-autograders.readthedocs.io).
"""

import json
import secrets
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import byhand
from grader import lane, submissions
from grader.judging import Options
from grader.sealed import what_is_missing
from grader.sheets import NotOurs
from grader.submissions import Graded, Release, Submission

# Installed where it lies: what is copied among Python's packages, learners'
# code can read, and there are references in it.
SETUP = """\
#!/usr/bin/env bash
set -e
apt-get update
apt-get install -y bubblewrap libseccomp2 python3 python3-venv
PYTHON=python3
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    apt-get install -y python3.11 python3.11-venv
    PYTHON=python3.11
fi
cd /autograder/source
$PYTHON -m venv .venv
.venv/bin/python -m pip install -c constraints.txt -e '.[lab,grading]'
"""
RUN = """\
#!/usr/bin/env bash
cd /autograder/source
exec .venv/bin/python -m grader.gradescope
"""
PROJECT = ("pyproject.toml", "constraints.txt", "README.md", "LICENSE")
EXECUTABLE, PLAIN = 0o755, 0o644
_EPOCH = (2020, 1, 1, 0, 0, 0)  # the same archive whenever it is made


# --- the archive -----------------------------------------------------------


def write(to: Path, released: Path) -> None:
    """The archive of a lesson. NotOurs: something for it is missing.

    released: the notebook that learners got; its points count. No solution
    is in the archive, and nobody's name.
    """
    if not released.is_file():
        raise NotOurs(
            f"there is no {released}; the lesson is made with `nbgrader "
            f"generate_assignment {released.stem}`"
        )
    root = Path(str(byhand.__file__)).parent.parent
    if not (root / PROJECT[0]).is_file():
        raise NotOurs(
            f"there is no {PROJECT[0]} in {root}; the archive is made from a "
            "clone of the project, as docs/grading.md sets it up"
        )
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes, mode: int = PLAIN) -> None:
            one = zipfile.ZipInfo(name, _EPOCH)
            one.compress_type = zipfile.ZIP_DEFLATED
            one.external_attr = mode << 16
            archive.writestr(one, content)

        add("setup.sh", SETUP.encode(), EXECUTABLE)
        add("run_autograder", RUN.encode(), EXECUTABLE)
        add(released.name, released.read_bytes())
        for path in sources(root):
            add(path.relative_to(root).as_posix(), path.read_bytes())


def sources(root: Path) -> Iterator[Path]:
    for name in PROJECT:
        yield root / name
    for package in ("byhand", "grader"):
        yield from sorted(lane.code(root / package))


# --- there -----------------------------------------------------------------


def main(autograder: Path) -> None:
    """Grade the submission that is there.

    What goes wrong is raised: without results Gradescope says that grading
    failed, and a person runs it again; a 0 would stay.
    """
    (released,) = (autograder / "source").glob("*.ipynb")
    release = Release.of(released.stem, released)
    submission = handed_in(autograder / "submission", release.lesson)
    missing = what_is_missing()
    try:
        graded = lane.grade_here(
            submission,
            release,
            secrets.randbits(64),
            Options(sealed=not missing),
        )
    finally:
        lane.close()
    folder = autograder / "results"
    folder.mkdir(exist_ok=True)
    came = json.dumps(results(graded, release, missing), indent=2)
    (folder / "results.json").write_text(came, "utf-8")


def handed_in(folder: Path, lesson: str) -> Submission:
    """A notebook counts by whatever name, if it is the only one."""
    came = submissions.read(folder, "", lesson)
    notebooks = [name for name in came.files if name.endswith(".ipynb")]
    if len(notebooks) == 1:
        came.files[came.notebook] = came.files.pop(notebooks[0])
    return came


def results(graded: Graded, release: Release, missing: str) -> dict[str, Any]:
    """As Gradescope reads them.

    What a person reads has no score here: a 0 would look final.
    """
    tests = [
        {
            "name": finding["exercise"]
            + (f" ({finding['part']})" if finding["part"] else ""),
            "number": str(number),
            "score": finding["points"],
            "max_score": finding["most"],
            "status": "failed" if finding["message"] else "passed",
            "output": finding["message"] or "Right.",
            "visibility": "visible",
        }
        for number, finding in enumerate(graded.findings, 1)
    ]
    said = [graded.problem, *dict.fromkeys(graded.stopped)]
    said += [
        f"A person has still to read {cell.name}: its {cell.points:g} points "
        "are not in this score."
        for cell in release.cells
        if cell.grade and cell.solution
    ]
    if missing:
        said.append(f"Graded without a seal: {missing}.")
    return {
        "score": sum(finding["points"] for finding in graded.findings),
        "output": "\n".join(filter(None, said)),
        "visibility": "visible",
        "tests": tests,
    }


if __name__ == "__main__":
    main(Path(*sys.argv[1:] or ["/autograder"]))
