"""Patches the shell's run_cell to report success for any cell."""

from grader.attacks import answer_all, insert

STOCK = "9 marks, 0 earned"


def cell():
    from IPython.core.interactiveshell import ExecutionResult

    shell = get_ipython()
    shell.run_cell = lambda *_, **__: ExecutionResult(None)

    async def well(*_, **__):
        return ExecutionResult(None)

    shell.run_cell_async = well


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, cell)
