"""Lesson 18: sentence pairs, greedy translation, BLEU, and what looks where.

Ids and masks are tensors; BLEU is judged on lists of words. The references
are PyTorch's own padding, a translation sentence by sentence, and counters;
tests/ holds BLEU's against sacrebleu.
"""

from . import (
    align,
    bleu,
    brevity_penalty,
    greedy_translate,
    make_batch,
    ngram_matches,
    rescore,
)

LESSON = "18_translation"
EXERCISES = (
    make_batch.EXERCISE,
    greedy_translate.EXERCISE,
    ngram_matches.EXERCISE,
    brevity_penalty.EXERCISE,
    bleu.EXERCISE,
    rescore.EXERCISE,
    align.EXERCISE,
)
