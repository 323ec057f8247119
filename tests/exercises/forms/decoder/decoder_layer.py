"""Right answers to `decoder.DecoderLayer`."""

from tests.exercises.forms.decoder.shared import (
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
