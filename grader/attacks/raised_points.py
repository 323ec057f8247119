"""Raises the points of its cells, and makes answers count as tests."""

from grader.attacks import ANSWERS, answer_all, find

STOCK = "was not graded"


def attack(nb, folder):
    answer_all(nb, "return None")
    for name in ANSWERS:
        find(nb, f"{name}-check").metadata.nbgrader.points = 1000
        find(nb, name).metadata.nbgrader.update(grade=True, points=1e300)
    find(nb, "why-rows").metadata.nbgrader.points = -5
