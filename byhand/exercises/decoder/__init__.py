"""Lesson 14: the decoder, and the whole Transformer.

The references are PyTorch's own layers. Weights are copied into a decoder. A
whole Transformer is judged by how it behaves (measures.py), as its inside is
free.
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
