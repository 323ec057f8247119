"""Answers the grader's questions itself, with verdicts of its own."""

from grader.attacks import answer_all, insert, take_the_wire

STOCK = "nothing"


def cell():
    right = {"failed": None, "error": None, "value": None, "points": 3}
    for reply in ({"done": []}, {"done": right}, {"verdict": "right"}):
        wire.send(reply)
    while True:
        wire.receive()
        wire.send({"done": right})


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, take_the_wire, cell)
