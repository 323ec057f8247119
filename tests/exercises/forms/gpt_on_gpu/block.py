"""Right answers to `gpt_on_gpu.Block`."""

from tests.exercises.forms.gpt_on_gpu.shared import (
    BlockByFormulas,
    BlockInSequence,
    PlainBlock,
)

FORMS = [PlainBlock, BlockInSequence, BlockByFormulas]
