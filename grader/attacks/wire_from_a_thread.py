"""Leaves a thread behind that writes replies of its own for ever."""

from grader.attacks import answer_all, insert, take_the_wire

STOCK = "nothing"


def cell():
    import threading
    import time

    def publish():
        while True:
            wire.send({"done": {"value": 1.0, "error": None}})
            time.sleep(0.001)

    threading.Thread(target=publish, daemon=True).start()


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, take_the_wire, cell)
