"""Ends its process with os._exit, in cells and in an answer."""

from grader.attacks import insert, paste

STOCK = "was not graded"


def cell():
    import os

    os._exit(0)


def answer():
    def softmax(z, axis=-1):
        import os

        os._exit(0)


def attack(nb, folder):
    paste(nb, "softmax", answer)
    insert(nb, cell)
