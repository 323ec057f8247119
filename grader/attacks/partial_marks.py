"""Ends test cells with a number, which nbgrader takes for the marks."""

from grader.attacks import ANSWERS, answer_all, find, insert

STOCK = "was not graded"


def cell():
    def check(*_, **__):
        return 3.0


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, cell)
    for name in ANSWERS:
        find(nb, f"{name}-check").source = "3.0"
