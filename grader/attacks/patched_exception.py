"""Makes `CheckFailed` an exception that does not get raised."""

from grader.attacks import answer_all, insert

STOCK = "8 marks, 0 earned"


def cell():
    import sys

    class Silent(Exception):
        def __init__(self, *_):
            sys.modules["byhand.check"].judge = lambda *_: self
            self.failed, self.short_cuts, self.said = None, (), ()

        def line(self):
            return "right"

    sys.modules["byhand.message"].CheckFailed = Silent


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, cell)
