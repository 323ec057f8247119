"""Replies with JSON that is nested a million deep."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"


def cell():
    import struct

    for text in (b"[" * 10**6, b'{"tuple":[' * 10**5, b"[" * 900 + b"]" * 900):
        frame = struct.pack("!II", len(text), 0) + text
        wire.end.sendall(frame)


def attack(nb, folder):
    insert(nb, take_the_wire, cell)
