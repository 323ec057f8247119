"""Replies with random bytes, empty frames and broken text."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"


def junk():
    import os

    wire.end.sendall(os.urandom(4096))


def empty():
    wire.end.sendall(b"\0" * 4096)


def broken():
    import struct

    for text in (b'{"done"', b"\xff\xfe", b"{}", b"null", b'{"array":[]}'):
        frame = struct.pack("!II", len(text), 0) + text
        wire.end.sendall(frame)


def attack(nb, folder):
    for what in (junk, empty, broken):
        insert(nb, take_the_wire, what)
