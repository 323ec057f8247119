"""Puts the test cells in front, where names can mean anything."""

from grader.attacks import answer_all, insert

STOCK = "nothing"


def cell():
    class Anything:
        __name__ = "softmax"

        def __call__(self, *_):
            return None

    softmax = weighted_values = attention_weights = Anything()
    self_attention = dot_product_scores = lambda *_: Anything()


def attack(nb, folder):
    answer_all(nb, "return None")
    nb.cells.sort(
        key=lambda c: not c.metadata.get("nbgrader", {}).get("locked")
    )
    insert(nb, cell)
