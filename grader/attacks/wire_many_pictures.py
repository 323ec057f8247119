"""Shows more and larger pictures than a cell may, behind the shell's back."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"


def cell():
    picture = {
        "output_type": "display_data",
        "data": {"image/png": "AAAA" * 250_000},
    }
    text = {"output_type": "stream", "text": "x" * 100_000}
    error = {"output_type": "error", "traceback": ["x" * 100_000] * 50}
    wire.send({"done": [picture] * 8 + [text, error]})


def attack(nb, folder):
    insert(nb, take_the_wire, cell, times=20)
