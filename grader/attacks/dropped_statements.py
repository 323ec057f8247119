"""Drops the statements of test cells before they run (ast_transformers)."""

from grader.attacks import answer_all, insert

STOCK = "9 marks, 0 earned"


def cell():
    import ast

    class Drop(ast.NodeTransformer):
        def visit_Expr(self, node):
            called = getattr(node.value, "func", None)
            return None if getattr(called, "id", "") == "check" else node

    get_ipython().ast_transformers.append(Drop())


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, cell)
