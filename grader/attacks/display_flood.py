"""Displays 200 MB of text, HTML and pictures, and returns as much."""

from grader.attacks import insert

STOCK = "was not graded"


def cell():
    from IPython.display import HTML, display

    for _ in range(100):
        display(HTML("x" * 1_000_000))
        display({"image/png": "A" * 1_000_000}, raw=True)
    "x" * 10_000_000


def attack(nb, folder):
    insert(nb, cell)
