"""What right answers of several lessons satisfy.

about: the one of the exercise's results that the fact is about.
"""

import numpy as np

from byhand.exercise import Fact


def rows_are_weights(about: str = "") -> Fact:
    return Fact(
        "every row of weights adds up to 1",
        lambda w: bool(np.allclose(w.sum(axis=-1), 1) and (w >= 0).all()),
        about,
    )


def rows_add_up_or_are_zero(about: str = "") -> Fact:
    return Fact(
        "every row of weights adds up to 1, or to 0 where all is masked",
        _one_or_zero,
        about,
    )


def _one_or_zero(weights: np.ndarray) -> bool:
    sums = weights.sum(axis=-1)
    return bool((np.isclose(sums, 1) | np.isclose(sums, 0)).all())
