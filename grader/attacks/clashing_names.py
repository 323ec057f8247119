"""Hands in folders that have the names that a grader would write files to."""

from grader.attacks import LESSON

STOCK = "was not graded"


def attack(nb, folder):
    for name in (f".{LESSON}.ipynb.new", f"{LESSON}.html", "timestamp.txt"):
        (folder / name).mkdir()
        (folder / name / "x").write_text("x")
