"""Hands in numpy.py, byhand.py, sitecustomize.py and their like."""

from grader.attacks import answer_all

STOCK = "nothing"
CHEAT = """
import sys
class Everything:
    def __getattr__(self, name):
        return lambda *_, **__: None
sys.modules[__name__] = Everything()
"""
NAMES = (
    *("byhand", "numpy", "scipy", "torch", "IPython", "json", "grader"),
    *("sitecustomize", "usercustomize", "pyseccomp", "socket", "ast"),
)


def attack(nb, folder):
    answer_all(nb, "return None")
    for name in NAMES:
        (folder / f"{name}.py").write_text(CHEAT)
    for name in ("byhand", "grader"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(CHEAT)
        (folder / name / "check.py").write_text(CHEAT)
