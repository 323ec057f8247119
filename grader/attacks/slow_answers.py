"""Answers each call just inside its limit, for hours in all."""

from grader.attacks import answer_all

STOCK = "nothing"


def attack(nb, folder):
    answer_all(nb, "import time; time.sleep(9); return inputs[0]")
