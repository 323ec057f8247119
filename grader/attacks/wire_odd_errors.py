"""Says that it raised errors of kinds and with names that break printing."""

from grader.attacks import answer_all, insert, take_the_wire

STOCK = "nothing"


def cell():
    import itertools

    names = ("", "a\0b", "\ud800", "x" * 10**6, "<script>", 7, None, [])
    kinds = (["ExceptionGroup"], ["UnicodeDecodeError"], ["exit", 1], [[]])
    errors = itertools.cycle(
        {"name": name, "kinds": kind, "message": "\ud800\0", "line": name}
        for name in names
        for kind in kinds
    )
    type(session).call = lambda *_, **__: {
        "error": next(errors),
        "printed": "\ud800\x1b[2J",
    }


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, take_the_wire, cell)
