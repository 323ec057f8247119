"""The environment that the course runs in."""

import os
import sys
from pathlib import Path


def scripts_on_path() -> None:
    """Let this process and its children find the environment's commands.

    An environment that is used but not activated is not on the PATH, and
    there nbgrader looks for `alembic` and a learner's terminal for `python`.
    """
    scripts = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if scripts not in paths:
        os.environ["PATH"] = os.pathsep.join([scripts, *paths])
