"""Lesson 19: BERT, its inputs, its parts, and what is asked of it.

Masks say True for "a real token", as everywhere in the course.
"""

from . import (
    bert,
    bert_embeddings,
    best_span,
    encode_pair,
    mask_tokens,
    mlm_head,
    mlm_scores,
)

LESSON = "19_bert"
EXERCISES = (
    encode_pair.EXERCISE,
    mask_tokens.EXERCISE,
    bert_embeddings.EXERCISE,
    bert.EXERCISE,
    mlm_head.EXERCISE,
    mlm_scores.EXERCISE,
    best_span.EXERCISE,
)
