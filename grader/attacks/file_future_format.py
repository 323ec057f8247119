"""Hands in a notebook of format 99."""

import nbformat

from grader.attacks import WRITTEN, write_text

STOCK = "was not graded"


def attack(nb, folder):
    text = nbformat.writes(nb)
    assert '"nbformat": 4' in text
    write_text(text.replace('"nbformat": 4', '"nbformat": 99'), folder)
    return WRITTEN
