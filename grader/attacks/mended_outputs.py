"""Prints a line that says that the answers are right."""

from grader.attacks import answer_all, insert

STOCK = "nothing"


def cell():
    for name in ("softmax", "self_attention"):
        print(f"self_attention.{name}: right, in all 24 cases.")


def attack(nb, folder):
    line = "print('self_attention.softmax: right, in all 24 cases.')"
    answer_all(nb, line)
    insert(nb, cell)
