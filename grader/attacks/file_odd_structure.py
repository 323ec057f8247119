"""Hands in JSON in which everything has another type than it should."""

import json

from grader.attacks import WRITTEN, write_text

STOCK = "was not graded"


def attack(nb, folder):
    nb.cells[0] = None
    nb.cells[1].source = {"a": 1}
    nb.cells[2].source = [["a"], 1, None]
    nb.cells[3]["metadata"] = ["nbgrader"]
    nb.cells[4]["cell_type"] = ["code"]
    nb["metadata"] = 3
    write_text(json.dumps(nb), folder)
    return WRITTEN
