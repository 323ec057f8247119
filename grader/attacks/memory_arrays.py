"""Fills the memory with arrays."""

from grader.attacks import insert

STOCK = "nothing"


def cell():
    import numpy as np

    kept = []
    while True:
        kept.append(np.ones(2**24))


def attack(nb, folder):
    insert(nb, cell)
