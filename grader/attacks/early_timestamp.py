"""Hands in a time that lies centuries back, and a zone that has none."""

STOCK = "was not graded"


def attack(nb, folder):
    text = "0001-01-01 00:00:00.000000 +2359"
    (folder / "timestamp.txt").write_text(text)
