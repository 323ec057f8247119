"""Hands in a folder in place of the notebook."""

from grader.attacks import LESSON, WRITTEN

STOCK = "was not graded"


def attack(nb, folder):
    (folder / f"{LESSON}.ipynb").mkdir()
    (folder / f"{LESSON}.ipynb" / "<img src=x onerror=alert(1)>.ipynb").touch()
    return WRITTEN
