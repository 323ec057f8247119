"""Refers to attachments that are not there, so that no page can be made."""

from grader.attacks import find

STOCK = "has no feedback page"


def attack(nb, folder):
    for name in ("a.png", "b.svg"):
        nb.cells[0].source += f"\n![x](attachment:{name})\n"
    find(nb, "why-rows").source = "![x](attachment:)"
    nb.cells[0].attachments = {"b.svg": {"image/png": ["not", 64]}, "c": {}}
