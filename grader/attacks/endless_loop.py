"""Loops for ever in a cell."""

from grader.attacks import insert

STOCK = "nothing"


def cell():
    while True:
        pass


def attack(nb, folder):
    insert(nb, cell)
