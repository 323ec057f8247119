"""Hands in numbers of millions of digits."""

import nbformat

from grader.attacks import WRITTEN, write_text

STOCK = "was not graded"


def attack(nb, folder):
    digits = "9" * 5_000_000
    text = nbformat.writes(nb)
    made = f'{{"huge": {digits}, "points": 1e99999, "nan": NaN,'
    write_text(made + text.strip()[1:], folder)
    return WRITTEN
