"""Right answers to `encoder.EncoderLayer`."""

from .shared import (
    LayerByFormulas,
    LayerInParts,
    LayerWithFlag,
    PlainLayer,
)

FORMS = [
    PlainLayer,
    LayerWithFlag,
    LayerInParts,
    LayerByFormulas,
]
