"""Answers with the instructor's solutions, read from the course's folder."""

from grader.attacks import insert

STOCK = "9 marks, 0 earned"


def cell(root):
    import glob
    import json

    for path in (
        f"{root}/solutions/07_self_attention/07_self_attention.ipynb",
        *glob.glob("../../../solutions/*/*.ipynb"),
        *glob.glob("/**/solutions/07*/*.ipynb"),
    ):
        with open(path) as file:
            solved = [
                "".join(theirs["source"])
                for theirs in json.load(file)["cells"]
                if theirs["metadata"].get("nbgrader", {}).get("solution")
                and theirs["cell_type"] == "code"
            ]
        break


def attack(nb, folder):
    from grader.attacks import ANSWERS, course, paste

    for name in ANSWERS:
        paste(nb, name, 'exec("\\n".join(solved))')
    insert(nb, cell, root=str(course(folder)))
