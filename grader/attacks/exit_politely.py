"""Leaves by sys.exit in a cell; what was right before still counts."""

from grader.attacks import insert, paste

STOCK = "nothing"
EARNS = {"dot_product_scores-check": 1.0}


def right():
    def dot_product_scores(Q, K):
        return Q @ K.T


def cell():
    import sys

    sys.exit(0)


def attack(nb, folder):
    paste(nb, "dot_product_scores", right)
    paste(nb, "softmax", cell)
    insert(nb, cell)
