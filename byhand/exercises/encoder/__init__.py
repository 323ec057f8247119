"""Lesson 13: attention, an encoder layer and an encoder, as PyTorch modules.

The references are PyTorch's own, with parameters of our names. From here on
tensors are asked for. As everywhere in the course, a boolean mask says True
for "may attend", which is the opposite of what PyTorch's modules want.

Whoever takes a layer or an encoder from the library has parameters that do
not fit, unless they copy the weights over: `not_by` names it all the same.
"""

from . import (
    encoder,
    encoder_layer,
    multi_head_attention,
)

LESSON = "13_encoder"
EXERCISES = (
    multi_head_attention.EXERCISE,
    encoder_layer.EXERCISE,
    encoder.EXERCISE,
)
