"""Opens files, pipes and sockets until there are no more."""

from grader.attacks import insert

STOCK = "nothing"


def cell():
    import os
    import resource
    import socket

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    kept = []
    for way in (os.pipe, socket.socketpair, lambda: open("/dev/null")):
        try:
            while True:
                kept.append(way())
        except OSError:
            pass


def attack(nb, folder):
    insert(nb, cell)
