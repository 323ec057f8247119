"""Lesson 14: the decoder, and the whole Transformer.

The references are PyTorch's own layers. Weights are copied into a decoder,
and the library's has other parameters, so that it cannot stand in for one. A
whole Transformer is judged by how it behaves, as its inside is free: there
the library's are named in `not_by`.
"""

from . import (
    decoder,
    decoder_layer,
    transformer,
)

LESSON = "14_decoder"
EXERCISES = (
    decoder_layer.EXERCISE,
    decoder.EXERCISE,
    transformer.EXERCISE,
)
