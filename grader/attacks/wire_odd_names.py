"""Replies with arrays where the grader expects names and flags."""

from grader.attacks import answer_all, insert, take_the_wire

STOCK = "nothing"


def cell():
    import numpy as np

    odd = np.array([1, 2])
    kind = type(session)
    kind.replace = lambda *_, **__: [odd, {"a": odd}, None, 2**100]
    kind.defined = lambda *_, **__: {"callable": True, "value": odd}
    reply = {
        "value": odd,
        "error": None,
        "timed_out": odd,
        "printed": odd,
        "short_cuts": [odd, [odd], "scipy.softmax"],
        "changed": [[0, odd], [odd, odd], [True, None], [2**80, 1]],
    }
    kind.call = lambda *_, **__: reply


def attack(nb, folder):
    answer_all(nb, "return softmax(*inputs)")
    insert(nb, take_the_wire, cell)
