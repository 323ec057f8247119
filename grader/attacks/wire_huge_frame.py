"""Announces messages of gigabytes, and sends them."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"


def cell():
    import struct

    wire.end.sendall(struct.pack("!II", 2**32 - 1, 2**32 - 1))
    while True:
        wire.end.sendall(b"[" * 2**20)


def attack(nb, folder):
    insert(nb, take_the_wire, cell, times=3)
