"""Fills the memory by mmap, private and shared, swallowing every error."""

from grader.attacks import insert

STOCK = "nothing"


def cell():
    import mmap

    kept = []
    for size in (2**30, 2**24, 2**20):
        for _ in range(64):
            for kind in (mmap.MAP_SHARED, mmap.MAP_PRIVATE):
                try:
                    kept.append(mmap.mmap(-1, size, kind | mmap.MAP_ANONYMOUS))
                    kept[-1][:: mmap.PAGESIZE] = b"x" * (size // mmap.PAGESIZE)
                except (OSError, ValueError, MemoryError):
                    break


def attack(nb, folder):
    insert(nb, cell)
