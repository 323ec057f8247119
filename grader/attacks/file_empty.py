"""Hands in a file with nothing in it."""

from grader.attacks import WRITTEN, write_text

STOCK = "was not graded"


def attack(nb, folder):
    write_text("", folder)
    return WRITTEN
