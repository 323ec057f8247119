"""Doubles a list until the memory is full, in a cell and in an answer."""

from grader.attacks import insert, paste

STOCK = "was not graded"


def cell():
    kept = [0]
    while True:
        kept = kept + kept


def answer():
    def softmax(z, axis=-1):
        kept = [z]
        while True:
            kept = kept + kept


def attack(nb, folder):
    paste(nb, "softmax", answer)
    insert(nb, cell)
