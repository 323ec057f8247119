"""Reads memory that is not there, through ctypes."""

from grader.attacks import insert, paste

STOCK = "was not graded"


def cell():
    import ctypes

    ctypes.string_at(0)


def answer():
    def softmax(z, axis=-1):
        import ctypes

        ctypes.memset(8, 1, 2**40)


def attack(nb, folder):
    paste(nb, "softmax", answer)
    insert(nb, cell)
