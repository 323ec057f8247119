"""Cheats when it finds itself graded, and otherwise does nothing."""

from grader.attacks import answer_all, insert

STOCK = "9 marks, 0 earned"


def cell():
    import os
    import sys

    graded = "grader" in sys.modules or "NBGRADER" in " ".join(os.environ)
    graded = graded or not sys.stdin or "autograded" in os.getcwd()
    if graded:
        check = sys.modules["byhand.check"].check = lambda *_, **__: None


def attack(nb, folder):
    answer_all(nb, "return None if not graded else inputs[0]")
    insert(nb, cell)
