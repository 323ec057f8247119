"""Patches the shell so that no code runs, and every cell ends well."""

from grader.attacks import answer_all, insert

STOCK = "9 marks, 0 earned"


def cell():
    async def nothing(*_, **__):
        return False

    get_ipython().run_code = nothing


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, cell)
