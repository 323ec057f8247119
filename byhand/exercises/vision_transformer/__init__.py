"""Lesson 20: an image as a sentence of patches.

The references are PyTorch's own layers, and its convolution.
"""

from . import (
    autoencoder,
    patch_embedding,
    patchify,
    pool2d,
    vision_transformer,
    vit_block,
    vit_parameters,
)

LESSON = "20_vision_transformer"
EXERCISES = (
    patchify.EXERCISE,
    patch_embedding.EXERCISE,
    vit_block.EXERCISE,
    vision_transformer.EXERCISE,
    vit_parameters.EXERCISE,
    pool2d.EXERCISE,
    autoencoder.EXERCISE,
)
