"""Returns arrays of a subclass that agrees with whatever it is compared to."""

from grader.attacks import answer_all, insert

STOCK = "nothing"


def cell():
    import numpy as np

    class Agrees(np.ndarray):
        def __array_ufunc__(self, ufunc, method, *inputs, **_):
            same = ufunc.__name__ in ("equal", "less_equal", "isfinite")
            return np.full((), same)

        def __array_finalize__(self, made):
            pass

        def astype(self, *_, **__):
            return self


def attack(nb, folder):
    answer_all(nb, "return np.zeros((2, 3)).view(Agrees)")
    insert(nb, cell)
