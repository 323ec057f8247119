"""Lesson 16: choosing the next token, and whole sequences of them.

Logits are float64 tensors; an answer may return a tensor, an array or lists.
The references count and compare where an answer would sort: they rank tokens
pair by pair. What is drawn is measured, and the beam is one table a round.
"""

from . import (
    apply_temperature,
    beam_search,
    greedy,
    sample,
    top_k_filter,
    top_p_filter,
)

LESSON = "16_decoding"
EXERCISES = (
    greedy.EXERCISE,
    apply_temperature.EXERCISE,
    top_k_filter.EXERCISE,
    top_p_filter.EXERCISE,
    sample.EXERCISE,
    beam_search.EXERCISE,
)
