"""Hands in folders so deep that no path reaches the file at the end."""

import os

STOCK = "was not graded"


def attack(nb, folder):
    here = os.open(folder, os.O_RDONLY)
    for _ in range(40):
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
        for size in (1, 60, 120, 180, 240):
            name = "f" * size
            os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
