"""Hands in three hundred files of a terabyte each, with nothing in them."""

import os

STOCK = "was not graded"


def attack(nb, folder):
    for part in range(300):
        path = folder / f"{part}.bin"
        path.touch()
        os.truncate(path, 2**40)
