"""Lesson 11: where a token stands.

The references read sine and cosine of an angle off a complex number of
length 1, whose multiplication is a rotation. The encoding is that of
"Attention Is All You Need" (Vaswani et al. 2017), section 3.5, the rotation
of queries and keys that of "RoFormer" (Su et al. 2021).
"""

from . import (
    add_positions,
    permutation_gap,
    rotary,
    shift_matrix,
    sinusoidal_encoding,
)

LESSON = "11_positional_encoding"
EXERCISES = (
    permutation_gap.EXERCISE,
    sinusoidal_encoding.EXERCISE,
    add_positions.EXERCISE,
    shift_matrix.EXERCISE,
    rotary.EXERCISE,
)
