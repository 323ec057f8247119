"""What was built: recognises a stale lesson, and one that somebody wrote in.

Each lesson has a file of its own, so that no two builds meet in one.
"""

import hashlib
import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from authoring.paths import (
    lesson_path,
    solved_path,
    stamp_path,
)

CHECKPOINTS = ".ipynb_checkpoints"


def fingerprint(nb: NotebookNode) -> str:
    """Of the cells and what grading goes by; outputs and counts aside."""
    kept = ("nbgrader", "tags", "quoted")
    cells = [
        [c.cell_type, c.source, {k: c.metadata.get(k) for k in kept}]
        for c in nb.cells
    ]
    text = json.dumps(cells, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def read_stamp(lesson: str, root: Path | None = None) -> dict[str, str] | None:
    """The fingerprints of a lesson as it was built, or None."""
    path = stamp_path(lesson, root)
    if not path.exists():
        return None
    return dict(json.loads(path.read_text(encoding="utf-8")))


def write_stamp(
    lesson: str, source: NotebookNode, built: NotebookNode
) -> None:
    stamp = {"lesson": fingerprint(built), "source": fingerprint(source)}
    stamp_path(lesson).write_text(json.dumps(stamp, indent=1) + "\n", "utf-8")


def changed_lessons(root: Path | None = None) -> list[str]:
    """The lessons that somebody has written in since they were built."""
    endings = stamp_path("*", root)
    found = sorted(p.name for p in endings.parent.glob(endings.name))
    lessons = [name.removesuffix(stamp_path("").name) for name in found]
    return [
        lesson
        for lesson in lessons
        if lesson_path(lesson, root).exists()
        and written_in(
            lesson_path(lesson, root), read_stamp(lesson, root) or {}
        )
    ]


def written_in(path: Path, stamp: dict[str, str]) -> bool:
    """Whether a lesson's folder holds anything that was not built."""
    if {p.name for p in path.parent.iterdir()} - {path.name, CHECKPOINTS}:
        return True
    try:
        nb = nbformat.read(path, as_version=4)
    except (ValueError, OSError):  # not a notebook any more: not ours to lose
        return True
    return fingerprint(nb) != stamp.get("lesson")


def is_stale(lesson: str, nb: NotebookNode) -> bool:
    """Whether a lesson has to be built. nb: what its text says now."""
    stamp = read_stamp(lesson)
    return (
        stamp is None
        or stamp["source"] != fingerprint(nb)
        or not solved_path(lesson).exists()
        or not lesson_path(lesson).exists()
    )
