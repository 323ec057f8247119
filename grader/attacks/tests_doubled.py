"""Doubles every graded cell, so that two have the same id."""

from copy import deepcopy

from grader.attacks import answer_all

STOCK = "stopped the batch; was not graded"


def attack(nb, folder):
    answer_all(nb, "return None")
    nb.cells = [
        copy
        for cell in nb.cells
        for copy in (cell, deepcopy(cell))[: 1 + ("nbgrader" in cell.metadata)]
    ]
