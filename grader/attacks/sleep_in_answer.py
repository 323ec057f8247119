"""Sleeps in an answer, which costs no CPU time."""

from grader.attacks import paste

STOCK = "nothing"


def cell():
    def attention_weights(Q, K):
        import time

        time.sleep(1e6)


def attack(nb, folder):
    paste(nb, "attention_weights", cell)
