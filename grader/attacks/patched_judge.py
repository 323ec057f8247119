"""Lets the library that judges find every answer right."""

from grader.attacks import answer_all, insert

STOCK = "9 marks, 0 earned"


def cell():
    import byhand.judge

    library = sys.modules["byhand.judge"]
    library._try_all = lambda trials, answer, verdict: None


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, "import sys\n", cell)
