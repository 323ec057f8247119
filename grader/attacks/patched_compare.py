"""Patches the comparisons: NumPy's and the course's never see a gap."""

from grader.attacks import answer_all, insert

STOCK = "9 marks, 0 earned"


def cell():
    import numpy as np

    from byhand.results.numbers import Numbers

    np.testing.assert_allclose = lambda *_, **__: None
    np.allclose = np.array_equal = lambda *_, **__: True
    Numbers.gap = lambda *_: ""


def attack(nb, folder):
    answer_all(nb, "return 0, 0")
    for name in ("dot_product_scores", "softmax"):
        insert(nb, f"def {name}(*_): return 0")
    insert(nb, cell)
