"""Prints, raises and contains characters that no encoding has."""

from grader.attacks import LESSON, WRITTEN, insert, paste

STOCK = "was not graded"


def cell():
    print("\ud800")
    raise ValueError("\udfff")


def answer():
    def softmax(z, axis=-1):
        print("\ud800")
        raise ValueError("\udcff")


def attack(nb, folder):
    import json

    paste(nb, "softmax", answer)
    insert(nb, cell)
    nb.cells[0].source += "\ud800"
    nb.cells[1].source += "\n'\udfff'"
    (folder / f"{LESSON}.ipynb").write_text(json.dumps(nb))
    return WRITTEN
