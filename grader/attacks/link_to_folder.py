"""Hands in a link to a classmate's folder in place of a folder."""

from grader.attacks import LESSON, WRITTEN, course

STOCK = "1 marks, 0 earned"


def attack(nb, folder):
    folder.rmdir()
    folder.symlink_to(course(folder) / "submitted" / "ann" / LESSON)
    return WRITTEN
