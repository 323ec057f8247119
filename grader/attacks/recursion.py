"""Recurses for ever, with and without Python's own limit."""

from grader.attacks import insert, paste

STOCK = "was not graded"


def cell():
    import sys

    def again(*_):
        return again()

    sys.setrecursionlimit(2**31 - 1)
    again()


def answer():
    def softmax(z, axis=-1):
        return softmax(z, axis)


def attack(nb, folder):
    paste(nb, "softmax", answer)
    insert(nb, cell)
