"""Turns test cells into text, where nothing can fail."""

from grader.attacks import ANSWERS, answer_all, find

STOCK = "nothing"


def attack(nb, folder):
    answer_all(nb, "return None")
    for name in ANSWERS:
        cell = find(nb, f"{name}-check")
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]
