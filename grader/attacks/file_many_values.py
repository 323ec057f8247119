"""Hands in a notebook of small values that take gigabytes when unpacked."""

import nbformat

from grader.attacks import WRITTEN, write_text

STOCK = "held the batch up for more than 120 s; was not graded"


def attack(nb, folder):
    text = nbformat.writes(nb)
    values = "[" + "[]," * 8_000_000 + "[]]"
    write_text(f'{{"many": {values},' + text.strip()[1:], folder)
    return WRITTEN
