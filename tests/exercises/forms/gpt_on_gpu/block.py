"""Right answers to `gpt_on_gpu.Block`."""

from .shared import (
    BlockByFormulas,
    BlockInSequence,
    PlainBlock,
)

FORMS = [PlainBlock, BlockInSequence, BlockByFormulas]
