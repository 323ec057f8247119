"""Lesson 04: text becomes tokens, tokens become ids.

The references are plain Python, and slow ways to what a learner would write:
loops over characters, counts from scratch, a search for each look-up.
tests/exercises/references/tokenization.py holds them against `tokenizers`
and other independent paths.
"""

from . import (
    bpe_encode,
    build_vocabulary,
    decode,
    encode,
    one_hot,
    train_bpe,
    word_tokenize,
    wordpiece_tokenize,
)

LESSON = "04_tokenization"
EXERCISES = (
    word_tokenize.EXERCISE,
    build_vocabulary.EXERCISE,
    encode.EXERCISE,
    decode.EXERCISE,
    one_hot.EXERCISE,
    train_bpe.EXERCISE,
    bpe_encode.EXERCISE,
    wordpiece_tokenize.EXERCISE,
)
