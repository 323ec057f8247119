"""Talks to the outside by TCP and UDP."""

from grader.attacks import LOOT, insert

STOCK = "nothing"


def cell(LOOT):
    import socket

    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            with socket.socket(socket.AF_INET, kind) as end:
                end.settimeout(0.5)
                end.connect(("1.1.1.1", 53))
                print(LOOT, "reached 1.1.1.1", kind)
        except OSError:
            pass


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
