"""Defines an answer and ends the process in the same cell."""

from grader.attacks import paste

STOCK = "lost what it had earned (0 of 1 marks); was not graded"
EARNS = {"weighted_values-check": 1.0}


def cell():
    import os

    def softmax(z, axis=-1):
        return z

    os._exit(0)


def right():
    def weighted_values(weights, V):
        return weights @ V


def attack(nb, folder):
    paste(nb, "softmax", cell)
    paste(nb, "weighted_values", right)
