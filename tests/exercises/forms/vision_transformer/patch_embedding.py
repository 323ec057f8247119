"""Right answers to `vision_transformer.PatchEmbedding`."""

from .shared import (
    EmbeddingByConvolution,
    EmbeddingInPieces,
    PlainEmbedding,
)

FORMS = [PlainEmbedding, EmbeddingByConvolution, EmbeddingInPieces]
