"""Where a project keeps its lessons: text, solved and empty notebooks."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# Where the repository is. What needs that is left out until it is said.
REPOSITORY: str = PROJECT["project"].get("urls", {}).get("Repository", "")


def sources() -> list[Path]:
    return sorted((ROOT / "solutions").glob("[0-9][0-9]_*.py"))


def solved_path(lesson: str, root: Path | None = None) -> Path:
    return (root or ROOT) / "solutions" / lesson / f"{lesson}.ipynb"


def lesson_path(lesson: str, root: Path | None = None) -> Path:
    return (root or ROOT) / "lessons" / lesson / f"{lesson}.ipynb"


def stamp_path(lesson: str, root: Path | None = None) -> Path:
    # Above the lesson's folder: what lies in there is copied to learners.
    return (root or ROOT) / "solutions" / f"{lesson}.built.json"


def recording_path(name: str) -> Path:
    """Of what a cell printed with a library that a reader may not have."""
    return ROOT / "byhand" / "recorded" / f"{name}.txt"
