"""Lesson 10: several attentions side by side, sharing one width.

The references are PyTorch's: `unflatten` and `movedim` for the heads, its own
attention function for what they do, and the size of
`torch.nn.MultiheadAttention` for the count. As everywhere in the course, a
boolean mask says True for "may attend".
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
