"""Hands in names as long as a name can be, to be copied to longer ones."""

STOCK = "nothing"


def attack(nb, folder):
    for letter in "aéツ😀":
        size = len(letter.encode())
        (folder / (letter * (255 // size))).touch()
