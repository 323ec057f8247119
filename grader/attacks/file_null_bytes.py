"""Hands in a file of null bytes."""

from grader.attacks import LESSON, WRITTEN

STOCK = "was not graded"


def attack(nb, folder):
    (folder / f"{LESSON}.ipynb").write_bytes(bytes(100_000))
    return WRITTEN
