"""Right answers to `encoder.EncoderLayer`."""

from tests.exercises.forms.encoder.shared import (
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
