"""Python's own library for the browser, compiled when the site is built.

Pyodide brings it as source, and each start of a kernel would compile what it
imports: a fifth of a start's time. Only the Python that runs there knows its
bytecode, so it compiles its library itself, in Node.
"""

import shutil
import subprocess
from pathlib import Path

from authoring import fetch

IN_NODE = """
const [, folder, compile] = process.argv;
const {readFileSync, writeFileSync} = await import('node:fs');
const {loadPyodide} = await import(`file://${folder}/pyodide.mjs`);
const python = await loadPyodide({indexURL: folder});
const library = `${folder}/python_stdlib.zip`;
python.FS.writeFile('/source.zip', readFileSync(library));
python.runPython(compile);
writeFileSync(library, python.FS.readFile('/made.zip'));
"""

IN_PYTHON = """
import py_compile, zipfile

def compiled(data, name):
    with open("/tmp/one.py", "wb") as file:
        file.write(data)
    # Nobody compares it with a source, which is not there.
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    path = py_compile.compile(
        *("/tmp/one.py", "/tmp/one.pyc", name),
        doraise=True,
        invalidation_mode=mode,
    )
    with open(path, "rb") as file:
        return file.read()

with (
    zipfile.ZipFile("/source.zip") as source,
    zipfile.ZipFile("/made.zip", "w", zipfile.ZIP_DEFLATED) as made,
):
    for info in source.infolist():
        data = source.read(info)
        if info.filename.endswith(".py"):
            data = compiled(data, info.filename)
            info = zipfile.ZipInfo(info.filename + "c", info.date_time)
            info.compress_type = zipfile.ZIP_DEFLATED
        made.writestr(info, data)
"""


def compile_library(folder: Path) -> None:
    """Replace the sources in python_stdlib.zip by what they compile to.

    folder: where Pyodide lies. NotThere: Node, which npm needs, too.
    CalledProcessError: it failed.
    """
    node = shutil.which("node")
    if node is None:
        raise fetch.NotThere("node, which comes with npm, is not there")
    subprocess.run(
        [
            *(node, "--input-type=module", "--eval", IN_NODE),
            *("--", str(folder), IN_PYTHON),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
