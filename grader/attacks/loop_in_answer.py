"""Loops for ever in an answer, swallowing whatever would interrupt it."""

from grader.attacks import paste

STOCK = "nothing"


def cell():
    def softmax(z, axis=-1):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


def attack(nb, folder):
    paste(nb, "softmax", cell)
