"""Lesson 09: who may look at whom.

Masks are boolean, and True means "may attend". The references are PyTorch's
own: its causal mask for `nn.Transformer`, and its attention function with a
boolean mask, which gives zero weights to a query that may attend to nothing.
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
