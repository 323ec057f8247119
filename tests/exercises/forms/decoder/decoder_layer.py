"""Right answers to `decoder.DecoderLayer`."""

from .shared import (
    LayerByFormulas,
    LayerByParts,
    LayerWithLists,
    PlainLayer,
)

FORMS = [
    PlainLayer,
    LayerByParts,
    LayerWithLists,
    LayerByFormulas,
]
