"""Uses Unix sockets, by abstract names and by files."""

from grader.attacks import LOOT, insert

STOCK = "got at bound mallory"


def cell(LOOT):
    import glob
    import os
    import socket
    import stat

    for name in ("\0mallory", "/tmp/mallory"):
        try:
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(name)
                print(LOOT, "bound", name)
        except OSError:
            pass
    # Where `socket` is refused, half of a pair may still send by name.
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for path in (*glob.glob("/run/**", recursive=True), "/dev/log"):
        if os.path.exists(path) and stat.S_ISSOCK(os.stat(path).st_mode):
            try:
                one.sendto(b"hello", path)
                print(LOOT, "sent to", path)
            except OSError:
                pass


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
