"""What the attacks of grader/attacks/ come to against stock nbgrader.

`python -m tests.bench.stock_attacks`: each is graded by plain `nbgrader
autograde`, between two honest classmates, in a box that it cannot harm.
"""

import argparse
import hashlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import nbformat
from rich.console import Console
from rich.progress import track

from authoring.paths import ROOT, lesson_path, solved_path
from grader import attacks
from grader.attacks import LESSON, LOOT, Attack, find

AT_ONCE = 2
SECONDS = 120  # for two submissions, which take ten when nobody attacks
MEMORY = 6 * 2**30  # bytes of address space, of each process
NOT_RUN = {
    "fork_bomb": "not run: a fork bomb would harm the machine",
    "thread_bomb": "not run: a thread bomb would harm the machine",
}
CONFIG = """
from byhand.environment import scripts_on_path

scripts_on_path()
c = get_config()
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.Execute.timeout = 10
c.GenerateAssignment.force = True
"""
NBGRADER = [sys.executable, "-m", "nbgrader"]


def short(path: Path) -> nbformat.NotebookNode:
    """A lesson's notebook with its imports and graded cells only."""
    nb = nbformat.read(path, as_version=4)
    nb.cells = [
        cell
        for place, cell in enumerate(nb.cells)
        if place < 2 or "nbgrader" in cell.metadata
    ]
    return nb


def course(root: Path) -> None:
    """A stock course, in which Ann has been graded and Zoe has handed in."""
    (root / "solutions" / LESSON).mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    source = root / "solutions" / LESSON / f"{LESSON}.ipynb"
    nbformat.write(short(solved_path(LESSON)), source)
    nbgrader(root, "generate_assignment", LESSON, "--create")
    for student in ("ann", "zoe"):
        nb = short(lesson_path(LESSON))
        find(
            nb, "dot_product_scores"
        ).source = "def dot_product_scores(Q, K):\n    return Q @ K.T"
        folder = root / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        attacks.write(nb, folder)
    nbgrader(root, "autograde", LESSON, "--student=ann", "--create")


def nbgrader(root: Path, *command: str) -> None:
    subprocess.run(
        [*NBGRADER, *command], cwd=root, check=True, capture_output=True
    )


def boxed(root: Path, command: str) -> subprocess.CompletedProcess:
    """Run a command that can read everything and write to the course only."""
    return subprocess.run(
        [
            *("timeout", "--kill-after=5", str(SECONDS)),
            *("prlimit", f"--as={MEMORY}", "--fsize=200000000", "--core=0"),
            *("bwrap", "--unshare-all", "--die-with-parent"),
            *("--new-session", "--ro-bind", "/", "/", "--dev", "/dev"),
            *("--proc", "/proc", "--size", "400000000", "--tmpfs", "/tmp"),
            *("--bind", str(root), str(root), "--chdir", str(root)),
            *("--setenv", "HOME", "/tmp", "--setenv", "PYTHONPATH", str(ROOT)),
            *("sh", "-c", command),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )


# --- what came of it -------------------------------------------------------


def marks(root: Path) -> dict[str, tuple[float, float]]:
    """Student → points given by tests, and by a person."""
    with closing(sqlite3.connect(root / "gradebook.db")) as db:
        rows = db.execute(
            "select student_id, total(auto_score), total(manual_score) "
            "from submitted_assignment a join submitted_notebook n on "
            "n.assignment_id = a.id join grade g on g.notebook_id = n.id "
            "group by student_id"
        )
        return {student: (auto, manual) for student, auto, manual in rows}


def fingerprint(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for folder in ("solutions", "submitted/ann", "submitted/zoe")
        for path in (root / folder).rglob("*.ipynb")
    }


def looted(root: Path) -> str:
    """What was printed that must not be got at; scripts in the feedback."""
    folder = root / "autograded" / "mallory" / LESSON
    try:
        nb = nbformat.read(folder / f"{LESSON}.ipynb", as_version=4)
    except Exception:
        return ""
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            for line in output.get("text", "").splitlines():
                if line.startswith(LOOT):
                    return f"got at {line.removeprefix(LOOT).strip()[:50]}"
    page = root / "feedback" / "mallory" / LESSON / f"{LESSON}.html"
    if page.exists() and f'<script>document.title = "{LOOT}"' in (
        page.read_text("utf-8", "replace")
    ):
        return "its scripts run in the feedback"
    return ""


def outcomes(attack: Attack, root: Path) -> Iterator[str]:
    """Run an attack, and say what came of it."""
    folder = root / "submitted" / "mallory" / LESSON
    attack.hand_in(short(lesson_path(LESSON)), folder)
    before = fingerprint(root)
    line = f"{' '.join(NBGRADER)} autograde {LESSON} --create"
    ran = boxed(root, f"{line}; ls /proc | grep -c '^[0-9]'")
    if attack.name.startswith(("scripts", "lost")):
        boxed(root, f"{' '.join(NBGRADER)} generate_feedback {LESSON}")
        if not (root / "feedback" / "mallory" / LESSON).exists():
            yield "has no feedback page"
    came = marks(root)
    earned = came.get("mallory", (0.0, 0.0))[0]
    honest = sum(attack.earns.values())
    if earned > honest:
        yield f"{earned:g} marks, {honest:g} earned"
    if earned < honest:
        yield f"lost what it had earned ({earned:g} of {honest:g} marks)"
    if ran.returncode in (124, 137):
        yield f"held the batch up for more than {SECONDS} s"
    elif came.get("zoe", (0.0, 0.0))[0] != 1:
        yield "stopped the batch"
    if any(manual for _, manual in came.values()):
        yield "changed marks in the gradebook"
    if fingerprint(root) != before:
        yield "changed other people's files"
    if found := looted(root):
        yield found
    if not (root / "autograded" / "mallory" / LESSON).exists():
        yield "was not graded"
    left = ran.stdout.strip().splitlines()[-1:]
    if left and left[0].isdigit() and int(left[0]) > 5:
        yield f"left {int(left[0]) - 5} processes behind"


def face(attack: Attack, stock: Path) -> str:
    if attack.name in NOT_RUN:
        return NOT_RUN[attack.name]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        root = Path(place) / "course"
        shutil.copytree(stock, root)
        return "; ".join(outcomes(attack, root)) or "nothing"


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="tests.bench.stock_attacks", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument(
        "--only", default="", metavar="NAME", help="part of an attack's name"
    )
    only = parser.parse_args(argv).only
    console = Console()
    known = [a for name, a in attacks.load().items() if only in name]
    with (
        tempfile.TemporaryDirectory() as place,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        stock = Path(place)
        course(stock)
        came = pool.map(lambda attack: face(attack, stock), known)
        for attack, outcome in zip(
            known, track(came, total=len(known), console=console), strict=True
        ):
            console.print(
                f"{attack.name}: {outcome}", markup=False, soft_wrap=True
            )


if __name__ == "__main__":
    main()
