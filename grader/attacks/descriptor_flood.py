"""Writes 200 MB to every open file descriptor that is not a file."""

from grader.attacks import insert

STOCK = "nothing"


def cell():
    import os

    for fd in (1, 2):
        for _ in range(200):
            os.write(fd, b"x" * 1_000_000)


def attack(nb, folder):
    insert(nb, cell)
