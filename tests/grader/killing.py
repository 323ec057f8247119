"""Grade courses on a cluster, killing each run at random moments.

Moments in the work, not in time, which a busy machine stretches: after so many
notebooks, and a little later.

Arguments: the scheduler, the lesson, the course that is left undisturbed, and
those that are killed five times each before they may finish. Prints how many
runs were killed, and how many had finished before their moment came.

A process of its own, because it forks: what is killed has imported everything
before, so that the moments lie in the grading and not in the imports.
"""

import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

import distributed  # noqa: F401 - so that no run spends its time on it
import nbgrader.apps  # noqa: F401 - likewise

from grader.__main__ import main


def begin(root: Path, scheduler: str, lesson: str) -> int:
    """Fork a process that grades a course; its id."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            os.chdir(root)
            code = main(["autograde", lesson, "--scheduler", scheduler])
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return process


def finish(root: Path, scheduler: str, lesson: str) -> float:
    """Grade a course to the end; how many seconds it took."""
    began = time.monotonic()
    _, status = os.waitpid(begin(root, scheduler, lesson), 0)
    if status:
        raise SystemExit(f"{root} could not be graded: {status}")
    return time.monotonic() - began


def kill_and_finish(
    scheduler: str, lesson: str, undisturbed: str, *roots: str
) -> tuple[int, int]:
    chance, killed = random.Random(1), 0
    # The first run warms the lanes, the second says how long one takes.
    finish(Path(undisturbed), scheduler, lesson)
    took = finish(Path(roots[-1]), scheduler, lesson)
    one = took / max(graded(Path(roots[-1]), lesson), 1)
    for root in map(Path, roots[:-1]):
        for _ in range(5):
            wanted = graded(root, lesson) + chance.randrange(3)
            process = begin(root, scheduler, lesson)
            while graded(root, lesson) < wanted and is_running(process):
                time.sleep(0.005)
            time.sleep(one * chance.random())
            os.kill(process, signal.SIGKILL)
            killed += os.WIFSIGNALED(os.waitpid(process, 0)[1])
        finish(root, scheduler, lesson)
    return killed, 5 * len(roots[:-1]) - killed


def graded(root: Path, lesson: str) -> int:
    """How many notebooks are there by now."""
    return len(list(root.glob(f"autograded/*/{lesson}/*.ipynb")))


def is_running(process: int) -> bool:
    """Its status stays there, to be waited for."""
    told = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process, told) is None


if __name__ == "__main__":
    print(*kill_and_finish(*sys.argv[1:]))
