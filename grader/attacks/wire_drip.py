"""Replies a byte at a time, each just before patience ends."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"


def cell():
    import struct
    import time

    wire.end.sendall(struct.pack("!II", 10**6, 0))
    while True:
        wire.end.sendall(b"[")
        time.sleep(0.001)


def attack(nb, folder):
    insert(nb, take_the_wire, cell)
