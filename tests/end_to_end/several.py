"""Run several commands of nbgrader, which takes seconds to import, once.

`python -m tests.end_to_end.several '[["validate", "a.ipynb"], …]'` prints, as
JSON, [exit status, stdout, stderr] of each. Every command has a process of its
own, forked from one that has imported nbgrader: what it sets stays there, as
with commands that a person types one after another.
"""

import json
import os
import sys
import tempfile
import traceback

from nbgrader.apps.nbgraderapp import main


def run(command: list[str]) -> tuple[int, str, str]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        if not (child := os.fork()):
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os._exit(status(command))
        _, waited = os.waitpid(child, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
        return os.waitstatus_to_exitcode(waited), *texts


def status(command: list[str]) -> int:
    """Be `nbgrader COMMAND`; its exit status."""
    sys.argv = ["nbgrader", *command]
    try:
        main()
        code = 0
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else bool(done.code)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    print(json.dumps([run(command) for command in json.loads(sys.argv[1])]))
