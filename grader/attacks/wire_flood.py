"""Asks for ever and never reads a reply, for whoever replies to get stuck."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"


def cell():
    from grader.inside.wire import encode

    frames = encode({"ask": 0, "inputs": [], "named": {}}) * 1000
    while True:
        wire.end.sendall(frames)


def attack(nb, folder):
    insert(nb, take_the_wire, cell)
