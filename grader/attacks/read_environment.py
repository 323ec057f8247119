"""Reads variables and arguments that tell grading from practice."""

from grader.attacks import LOOT, insert

STOCK = "got at the variables of the environment"


def cell(LOOT):
    import os

    usual = {"PATH", "HOME", "LANG"}
    for name in os.environ.keys() - usual:
        print(LOOT, "variable", name)
    try:
        with open("/proc/self/environ", "rb") as file:
            print(LOOT, file.read())
    except OSError:
        pass


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
