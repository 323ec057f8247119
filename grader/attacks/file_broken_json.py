"""Hands in half a notebook."""

import nbformat

from grader.attacks import WRITTEN, write_text

STOCK = "was not graded"


def attack(nb, folder):
    text = nbformat.writes(nb)
    write_text(text[: len(text) // 2], folder)
    return WRITTEN
