"""Gives the ids of test cells to cells of its own."""

import nbformat

from grader.attacks import ANSWERS, answer_all, find

STOCK = "nothing"


def attack(nb, folder):
    answer_all(nb, "return None")
    for name in ANSWERS:
        theirs = find(nb, f"{name}-check").metadata.pop("nbgrader")
        mine = nbformat.v4.new_code_cell("1", metadata={"nbgrader": theirs})
        theirs["locked"] = False
        nb.cells.append(mine)
