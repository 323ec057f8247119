"""Answers with what classmates handed in."""

from grader.attacks import ANSWERS, course, insert, paste

STOCK = "1 marks, 0 earned"


def cell(root):
    import glob
    import json

    copied = []
    for path in glob.glob(f"{root}/submitted/*/*/*.ipynb"):
        with open(path) as file:
            copied += [
                "".join(theirs["source"])
                for theirs in json.load(file)["cells"]
                if theirs["metadata"].get("nbgrader", {}).get("solution")
                and "mallory" not in path
                and theirs["cell_type"] == "code"
            ]
    copied[0]


def attack(nb, folder):
    for name in ANSWERS:
        paste(nb, name, 'exec("\\n".join(copied))')
    insert(nb, cell, root=str(course(folder)))
