"""Prints 200 MB, in a cell and in an answer."""

from grader.attacks import insert, paste

STOCK = "was not graded"


def cell():
    for _ in range(200):
        print("x" * 1_000_000)


def answer():
    def softmax(z, axis=-1):
        for _ in range(50):
            print("x" * 1_000_000)


def attack(nb, folder):
    paste(nb, "softmax", answer)
    insert(nb, cell)
