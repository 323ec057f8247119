"""Hands in test cells that test nothing."""

from grader.attacks import ANSWERS, answer_all, find

STOCK = "nothing"


def attack(nb, folder):
    answer_all(nb, "return None")
    for name in ANSWERS:
        find(nb, f"{name}-check").source = "pass"
