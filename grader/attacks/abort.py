"""Aborts: the process dies of a signal of its own."""

from grader.attacks import insert

STOCK = "was not graded"


def cell():
    import os

    os.abort()


def attack(nb, folder):
    insert(nb, cell)
