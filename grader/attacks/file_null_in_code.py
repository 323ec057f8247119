"""Hands in code with null bytes and other control characters."""

from grader.attacks import find, insert

STOCK = "nothing"


def attack(nb, folder):
    insert(nb, "x = 1\0\nprint('\x0c\x1b\x08')")
    find(nb, "softmax").source += "\0"
    nb.cells[0].source += "\0\x0b"
