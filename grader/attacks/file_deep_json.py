"""Hands in JSON that is nested a million deep."""

from grader.attacks import WRITTEN, write_text

STOCK = "was not graded"


def attack(nb, folder):
    write_text('{"cells":' + "[" * 10**6, folder)
    return WRITTEN
