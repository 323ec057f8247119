"""Hands in a named pipe, which waits for ever for a writer."""

import os

from grader.attacks import LESSON, WRITTEN

STOCK = "was not graded"


def attack(nb, folder):
    os.mkfifo(folder / f"{LESSON}.ipynb")
    os.mkfifo(folder / "data.csv")
    return WRITTEN
