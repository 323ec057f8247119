"""Swallows every exception of a cell by a handler of the shell's own."""

from grader.attacks import answer_all, insert

STOCK = "nothing"


def cell():
    shell = get_ipython()
    shell.set_custom_exc((Exception,), lambda *_, **__: [])
    shell.showtraceback = lambda *_, **__: None


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, cell)
