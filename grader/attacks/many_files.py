"""Hands in ten thousand files."""

STOCK = "held the batch up for more than 120 s; was not graded"


def attack(nb, folder):
    for part in range(10_000):
        (folder / f"{part}.txt").write_text("x")
