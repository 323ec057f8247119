"""Lesson 09: who may look at whom.

Masks are boolean, and True means "may attend". The references are einsum and
byhand/special.py's softmax over what a mask lets through, with zeros for a
query that may attend to nothing. tests/exercises/test_references.py holds
them against PyTorch's attention under a boolean mask.
"""

from . import (
    causal_mask,
    combine_masks,
    masked_attention,
    masked_softmax,
    padding_mask,
)

LESSON = "09_masking"
EXERCISES = (
    padding_mask.EXERCISE,
    causal_mask.EXERCISE,
    combine_masks.EXERCISE,
    masked_softmax.EXERCISE,
    masked_attention.EXERCISE,
)
