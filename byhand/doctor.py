"""What works on this machine and what does not, with the fix beside it."""

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from rich.console import Console
from rich.table import Table

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "install the course again: make lab"
# Without these there are checks and sliders all the same.
EXTRAS = {
    "lab": "for the lessons in JupyterLab: make lab",
    "grading": "to grade a class: make grading",
}


class Line(NamedTuple):
    """One thing: what it is, its state ("ok", "missing", "optional"), what
    was found, and how to fix it.
    """

    thing: str
    state: str
    found: str
    fix: str = ""


def report() -> int:
    """Print the table. Returns 1 if something that is needed is missing."""
    table = Table("what", "", "found", "what to do")
    found = list(lines())
    marks = {"ok": "[green]ok", "missing": "[red]missing", "optional": "-"}
    for line in found:
        table.add_row(line.thing, marks[line.state], line.found, line.fix)
    Console().print(table)
    return int(any(line.state == "missing" for line in found))


def lines() -> Iterator[Line]:
    yield python()
    yield from pins()
    yield kernel()
    yield lab_extension("widgets (sliders)", "@jupyter-widgets")
    yield gpu()
    yield browser()


def python() -> Line:
    version = platform.python_version()
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Line("Python", "ok", version)
    return Line("Python", "missing", version, "use Python 3.11, 3.12 or 3.13")


def pins() -> Iterator[Line]:
    """Every package that the course asks for, against its range."""
    for requirement in importlib.metadata.requires("byhand") or ():
        asked = Requirement(requirement)
        for extra in ("", *EXTRAS):
            if asked.marker is None or asked.marker.evaluate({"extra": extra}):
                yield pin(asked, extra)
                break  # what byhand needs is of no extra


def pin(asked: Requirement, extra: str) -> Line:
    """extra: the one that asks for it; "" is byhand itself."""
    state = "optional" if extra else "missing"
    fix = EXTRAS.get(extra, INSTALL)
    try:
        found = importlib.metadata.version(asked.name)
    except importlib.metadata.PackageNotFoundError:
        return Line(asked.name, state, "not installed", fix)
    # torch 2.13.0+cpu is torch 2.13.0, built for this machine.
    if asked.specifier.contains(found.partition("+")[0], prereleases=True):
        return Line(asked.name, "ok", found)
    wanted = f"wanted is {asked.specifier}"
    return Line(asked.name, "missing", found, f"{wanted}; {fix}")


def kernel() -> Line:
    if find_spec("jupyter_client") is None:
        return Line("notebook kernel", "optional", "none", EXTRAS["lab"])
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Line("notebook kernel", "missing", "no python3", INSTALL)
    return Line("notebook kernel", "ok", spec.display_name)


def lab_extension(thing: str, folder: str) -> Line:
    if find_spec("jupyter_core") is None:
        return Line(thing, "optional", "no Jupyter", EXTRAS["lab"])
    from jupyter_core.paths import jupyter_path

    for path in jupyter_path("labextensions"):
        if (Path(path) / folder).is_dir():
            return Line(thing, "ok", folder)
    return Line(thing, "missing", "no JupyterLab extension", INSTALL)


def gpu() -> Line:
    if find_spec("torch") is None:
        return Line("GPU", "optional", "no PyTorch", "lessons 13 to 22 use it")
    import torch

    if torch.cuda.is_available():
        return Line("GPU", "ok", torch.cuda.get_device_name())
    if torch.backends.mps.is_available():
        return Line("GPU", "ok", "Apple (mps)")
    cores = os.cpu_count()
    return Line(
        "GPU", "optional", "none", f"no lesson needs one ({cores} CPU)"
    )


def browser() -> Line:
    for name in BROWSERS:
        if shutil.which(name):
            return Line("browser for tests", "ok", name)
    return Line(
        "browser for tests",
        "optional",
        "no Chromium",
        "only `make test` wants it: apt install chromium",
    )
