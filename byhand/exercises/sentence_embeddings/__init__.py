"""Lesson 21: one vector for a sentence: made, searched, trained, measured.

Masks say True for "a real token", as everywhere in the course.
"""

from . import (
    cosine_matrix,
    info_nce,
    mean_reciprocal_rank,
    pool,
    recall_at_k,
    search,
    spearman,
)

LESSON = "21_sentence_embeddings"
EXERCISES = (
    pool.EXERCISE,
    cosine_matrix.EXERCISE,
    search.EXERCISE,
    info_nce.EXERCISE,
    recall_at_k.EXERCISE,
    mean_reciprocal_rank.EXERCISE,
    spearman.EXERCISE,
)
