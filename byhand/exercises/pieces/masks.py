"""Boolean masks for cases: True for "may attend"."""

import numpy as np


def flags(*rows: str) -> np.ndarray:
    """A mask written as rows of 0 and 1: "110", "111"."""
    return np.array([[c == "1" for c in row] for row in rows])


def look_back(n: int) -> np.ndarray:
    """The look-ahead mask: row i may attend to the columns 0 to i."""
    places = np.arange(n)
    return np.greater_equal.outer(places, places)
