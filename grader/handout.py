"""The course as an instructor hands it out: without its solutions.

Nor with what else has them: the tests, and what builds the lessons.
"""

import re
import shutil
import tempfile
from pathlib import Path

from authoring.paths import ROOT
from authoring.stamps import changed_lessons

NAME = "attention-by-hand"  # the folder that it unpacks to
HANDED_OUT = (
    *("byhand", "lessons", "docs/learning.md", "LICENSE", "CITATION.cff"),
    *("pyproject.toml", "constraints.txt", "environment.yml"),
)
# Of the Makefile: what works without the rest.
TARGETS = ("help", "lab", "model", "clean")
NOT_OURS = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
# Of the README: what a learner needs.
SECTIONS = ("The lessons", "Commands")
SOLVED = (
    r" Each link leads to the solved notebook, with\s+all that it prints\."
)
START = """You need Python 3.11, 3.12 or 3.13, `make`, about 3 GB of disk and,
the first time, five minutes. In this folder:

```sh
make lab     # set up, and open the lessons in JupyterLab
```

[docs/learning.md](docs/learning.md) has Windows and conda."""


class CannotHandOut(Exception):
    """The sentence says why, and what to do."""


def write(path: Path, root: Path = ROOT) -> None:
    """Write the ZIP. CannotHandOut: somebody has written in a lesson."""
    if path.suffix != ".zip":
        raise CannotHandOut(f"{path}: end its name in .zip")
    if written := changed_lessons(root):
        raise CannotHandOut(
            f"somebody has written in lessons/{written[0]}: an answer would "
            "be handed out with it. `git restore lessons` brings back how "
            "the lessons came"
        )
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder, NAME)
        for name in HANDED_OUT:
            copy(root / name, course / name)
        for name, learners in (("README.md", readme), ("Makefile", makefile)):
            text = (root / name).read_text(encoding="utf-8")
            (course / name).write_text(learners(text), encoding="utf-8")
        try:
            shutil.make_archive(
                str(path.resolve().with_suffix("")), "zip", folder, NAME
            )
        except OSError as error:
            raise CannotHandOut(f"{path}: {error.strerror}") from None


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=NOT_OURS)
    else:
        shutil.copy(source, target)


def readme(text: str) -> str:
    """A learner's, of ours: the rows lead to the lessons themselves."""
    head, *rest = re.split(r"^## ", text, flags=re.M)
    sections = dict(part.split("\n", 1) for part in rest)
    title, told = head.split("\n\n")[:2]
    parts = [title, told, f"## Start\n\n{START}"]
    for name in SECTIONS:
        parts.append(f"## {name}\n{sections[name]}".rstrip())
    table = "\n\n".join(parts).replace("](solutions/", "](lessons/")
    return re.sub(SOLVED, "", table) + "\n"


def makefile(text: str) -> str:
    """A learner's, of ours: TARGETS, and what they need."""
    kept = []
    for part in text.split("\n\n"):
        target = re.search(r"^(?:\$\(VENV\)/\.)?([a-z-]+):", part, re.M)
        if not target or target[1] in TARGETS:
            kept.append(part)
    phony = f".PHONY: {' '.join(TARGETS)}"
    return re.sub(r"^\.PHONY:.*$", phony, "\n\n".join(kept), flags=re.M)
