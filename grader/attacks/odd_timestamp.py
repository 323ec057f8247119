"""Hands in a time that is no time, and megabytes long."""

STOCK = "held the batch up for more than 120 s"


def attack(nb, folder):
    text = "2" * 5_000_000 + " 99999-99-99 +99:99"
    (folder / "timestamp.txt").write_text(text)
