"""Hands in a link to the instructor's solution."""

from grader.attacks import LESSON, WRITTEN, course

STOCK = "9 marks, 0 earned"


def attack(nb, folder):
    solved = course(folder) / "solutions" / LESSON / f"{LESSON}.ipynb"
    (folder / f"{LESSON}.ipynb").symlink_to(solved)
    (folder / "course").symlink_to(course(folder))
    return WRITTEN
