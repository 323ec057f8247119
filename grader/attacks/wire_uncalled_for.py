"""Asks for right answers when none were offered, by any number."""

from grader.attacks import answer_all, insert, take_the_wire

STOCK = "nothing"


def cell():
    def ask(*inputs):
        for place in (0, 1, -1, "softmax", None, [0], 2**70):
            wire.send({"ask": place, "inputs": list(inputs), "named": {}})
            reply = wire.receive()
            if "value" in reply:
                return reply["value"]


def attack(nb, folder):
    answer_all(nb, "return ask(*inputs)")
    insert(nb, take_the_wire, cell)
