"""Replies with so many small values that unpacking them takes gigabytes."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"


def cell(value):
    import struct

    text = "[" + ",".join([value] * (15 * 2**20 // (len(value) + 1))) + "]"
    frame = struct.pack("!II", len(text), 0) + text.encode()
    wire.end.sendall(frame)


def attack(nb, folder):
    opaque = '{"opaque":"x","called":0}'
    for value in (opaque, "[]", '{"tuple":[]}', "0"):
        insert(nb, take_the_wire, cell, value=value)
