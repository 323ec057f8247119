"""Hands in a notebook without its test cells."""

from grader.attacks import answer_all

STOCK = "nothing"


def attack(nb, folder):
    answer_all(nb, "return None")
    nb.cells = [
        cell
        for cell in nb.cells
        if not cell.metadata.get("nbgrader", {}).get("locked")
    ]
