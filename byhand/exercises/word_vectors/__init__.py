"""Lesson 05: words as rows of numbers, counted and learned.

The references avoid what a learner would write: comparisons for a lookup,
loops over words for TF-IDF, complex steps for a gradient, another form of
ln σ. tests/exercises/references/word_vectors.py holds them against PyTorch
and scikit-learn.
"""

from . import (
    analogy,
    cosine_similarity,
    embedding_lookup,
    noise_distribution,
    sgns_loss,
    sgns_step,
    skipgram_pairs,
    tf_idf,
)

LESSON = "05_word_vectors"
EXERCISES = (
    embedding_lookup.EXERCISE,
    cosine_similarity.EXERCISE,
    tf_idf.EXERCISE,
    skipgram_pairs.EXERCISE,
    noise_distribution.EXERCISE,
    sgns_loss.EXERCISE,
    sgns_step.EXERCISE,
    analogy.EXERCISE,
)
