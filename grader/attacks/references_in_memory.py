"""Looks for the references among all objects of the process."""

from grader.attacks import ANSWERS, insert, paste

STOCK = "9 marks, 0 earned"


def cell():
    import gc
    import sys

    def reference(name):
        for thing in gc.get_objects():
            if type(thing).__name__ == "Exercise" and thing.id.endswith(name):
                return thing.reference

    # A library that is there may as well be loaded for it.
    sys.modules["byhand.check"].find("self_attention.softmax")


def attack(nb, folder):
    for name in ANSWERS:
        paste(nb, name, f'{name} = reference(".{name}")')
    insert(nb, cell)
