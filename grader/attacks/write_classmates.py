"""Spoils what classmates handed in, and the solutions."""

from grader.attacks import course, insert

STOCK = "stopped the batch; changed other people's files"


def cell(root):
    import glob

    for folder in ("submitted/[!m]*", "solutions", "autograded/[!m]*"):
        for path in glob.glob(f"{root}/{folder}/**/*.ipynb", recursive=True):
            with open(path, "w") as file:
                file.write("{}")


def attack(nb, folder):
    insert(nb, cell, root=str(course(folder)))
