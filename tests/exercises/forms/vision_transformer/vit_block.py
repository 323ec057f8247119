"""Right answers to `vision_transformer.ViTBlock`."""

from .shared import (
    BlockByFormulas,
    BlockByModules,
    BlockInSequence,
    PlainBlock,
)

FORMS = [PlainBlock, BlockByModules, BlockByFormulas, BlockInSequence]
