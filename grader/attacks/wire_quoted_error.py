"""Replies with nonsense that the sentence about it would quote at length."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"


def cell():
    import struct

    text = b'{"number":"' + b"A" * (15 * 2**20) + b'"}'
    frame = struct.pack("!II", len(text), 0) + text
    wire.end.sendall(frame)


def attack(nb, folder):
    insert(nb, take_the_wire, cell, times=5)
