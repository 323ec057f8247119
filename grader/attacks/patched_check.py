"""Puts a function that does nothing in place of `check`."""

from grader.attacks import answer_all, insert

STOCK = "9 marks, 0 earned"


def cell():
    import sys

    check = sys.modules["byhand"].check = lambda *_, **__: None
    sys.modules["byhand.check"].check = check


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, cell)
