"""Returns objects whose comparisons and conversions lie."""

from grader.attacks import answer_all, insert

STOCK = "nothing"


def cell():
    import numpy as np

    class Liar(np.ndarray):
        shape = property(lambda self: Any())
        dtype = property(lambda self: np.dtype(float))

        def __array_ufunc__(self, *_, **__):
            return np.zeros(())

        def __array_function__(self, *_, **__):
            return np.zeros(())

    class Any:
        __class__ = property(lambda self: np.ndarray)
        __hash__ = None

        def __eq__(self, other):
            return True

        def __ne__(self, other):
            return False

        def __array__(self, *_, **__):
            return np.zeros(3).view(Liar)

        def __float__(self):
            return 0.5

        def __len__(self):
            return 2

        def __iter__(self):
            return iter((self, self))

    lie = Any()


def attack(nb, folder):
    answer_all(nb, "return lie")
    insert(nb, cell)
