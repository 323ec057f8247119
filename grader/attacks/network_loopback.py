"""Listens and connects on the loopback, where other programs listen."""

from grader.attacks import LOOT, insert

STOCK = "got at the loopback works"


def cell(LOOT):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), 1):
            print(LOOT, "the loopback works")


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
