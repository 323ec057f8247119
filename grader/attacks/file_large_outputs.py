"""Hands in a notebook with 40 MB of outputs and attachments."""

import nbformat

from grader.attacks import find

STOCK = "nothing"


def attack(nb, folder):
    find(nb, "softmax").outputs = [
        nbformat.v4.new_output("stream", text="x" * 20_000_000)
    ]
    nb.cells[0].attachments = {"a.png": {"image/png": "A" * 20_000_000}}
