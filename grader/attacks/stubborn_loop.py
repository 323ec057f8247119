"""Loops for ever in a cell and swallows whatever would interrupt it."""

from grader.attacks import insert

STOCK = "was not graded"


def cell():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def attack(nb, folder):
    insert(nb, cell)
