"""Looks for the seeds of the inputs, to work them out beforehand."""

from grader.attacks import LOOT, course, insert

STOCK = "nothing"


def cell(root, LOOT):
    import gc
    import glob

    for path in glob.glob(f"{root}/.grading/*"):
        print(LOOT, path)
    for thing in gc.get_objects():
        if isinstance(thing, dict) and "seed" in thing and "graded" in thing:
            print(LOOT, thing["seed"])


def attack(nb, folder):
    insert(nb, cell, root=str(course(folder)), LOOT=LOOT)
