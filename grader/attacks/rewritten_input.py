"""Rewrites test cells into comments before they run (input transformers)."""

from grader.attacks import answer_all, insert

STOCK = "9 marks, 0 earned"


def cell():
    def comment(lines):
        return ["# " + x if x.startswith("check(") else x for x in lines]

    get_ipython().input_transformers_cleanup.append(comment)


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, cell)
