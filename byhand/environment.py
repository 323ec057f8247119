"""The environment that the course runs in."""

import io
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def any_text_is_printed() -> None:
    """Let what a terminal's encoding lacks be shown as `?`, and no more."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def scripts_on_path() -> None:
    """Let this process and its children find the environment's commands.

    An environment that is used but not activated is not on the PATH, and
    there nbgrader looks for `alembic` and a learner's terminal for `python`.
    """
    scripts = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if scripts not in paths:
        os.environ["PATH"] = os.pathsep.join([scripts, *paths])


def quick_notebooks() -> None:
    """Let nbformat be imported in a tenth of its time.

    It imports jsonschema, and that a check of addresses with letters outside
    ASCII whose grammar takes one to three seconds to compile. No notebook's
    schema and no event of Jupyter's asks for it, and where it cannot be
    imported jsonschema does without.
    """
    missing: Any = None  # what Python's import takes for "not there"
    sys.modules.setdefault("rfc3987_syntax", missing)


def can_be_had(package: str, extra: str, command: str) -> bool:
    """Whether a package of an extra is there; if not, say how to get it."""
    if find_spec(package) is not None:
        return True
    print(
        f"{command} needs {package}, which is not installed here. In the "
        f"course's folder: make {extra}; without make: pip install -c "
        f"constraints.txt -e '.[{extra}]'.",
        file=sys.stderr,
    )
    return False
