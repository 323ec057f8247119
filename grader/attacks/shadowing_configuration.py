"""Hands in configuration for nbgrader, IPython, pytest and the shell."""

from grader.attacks import answer_all

STOCK = "nothing"
CHEAT = """
c = get_config()
c.ClearSolutions.code_stub = {"python": "1"}
c.Execute.allow_errors = True
c.AssignLatePenalties.plugin_class = "os.system"
c.InteractiveShellApp.exec_lines = ["check = lambda *_, **__: None"]
"""


def attack(nb, folder):
    answer_all(nb, "return None")
    for name in (
        "nbgrader_config.py",
        "jupyter_config.py",
        "ipython_config.py",
        "ipython_kernel_config.py",
    ):
        (folder / name).write_text(CHEAT)
