"""Lesson 10: several attentions side by side, sharing one width.

The references cut rows into pieces and join them again with `split`, `stack`
and `concatenate`; what the heads do is in ../pieces/attention.py.
tests/exercises/test_references.py holds them against PyTorch. As everywhere
in the course, a boolean mask says True for "may attend".
"""

from . import (
    count_parameters,
    merge_heads,
    multi_head_attention,
    split_heads,
)

LESSON = "10_multi_head"
EXERCISES = (
    split_heads.EXERCISE,
    merge_heads.EXERCISE,
    multi_head_attention.EXERCISE,
    count_parameters.EXERCISE,
)
