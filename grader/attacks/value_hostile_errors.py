"""Raises exceptions that raise again when their text is asked for."""

from grader.attacks import insert, paste

STOCK = "nothing"


def cell():
    class Hostile(Exception):
        def __str__(self):
            raise SystemExit

        __repr__ = __str__

    raise Hostile


def answer():
    def softmax(z, axis=-1):
        class Hostile(BaseException):
            def __str__(self):
                return "\ud800" + "x" * 10**7

        raise Hostile


def group():
    def attention_weights(Q, K):
        raise BaseExceptionGroup("a", [GeneratorExit(), StopIteration(1)])


def attack(nb, folder):
    paste(nb, "softmax", answer)
    paste(nb, "attention_weights", group)
    insert(nb, cell)
