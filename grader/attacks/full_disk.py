"""Fills the disk: where it works, in /tmp and wherever it may write."""

from grader.attacks import LOOT, insert

STOCK = "got at 671088640 bytes in ."


def cell(LOOT):
    import os

    places = (".", "/tmp", "/var/tmp", "/dev/shm", "/", "/usr", "/proc")
    for place in places:
        written = 0
        try:
            for part in range(40):
                with open(os.path.join(place, f"fill{part}"), "wb") as file:
                    written += file.write(b"x" * 2**24)
        except OSError:
            pass
        if written > 2**27:
            print(LOOT, written, "bytes in", place)


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
