"""Lesson 06: one state, read and rewritten at every word.

The references avoid what a learner would write: complex steps for gradients,
matrices of slopes for the way back, the arithmetic of places for windows.
tests/exercises/references/recurrence.py holds them against PyTorch.
"""

from . import (
    gradient_through_time,
    gru_cell,
    lstm_cell,
    next_token_batches,
    rnn_backward,
    rnn_cell,
    unroll,
)

LESSON = "06_recurrence"
EXERCISES = (
    rnn_cell.EXERCISE,
    unroll.EXERCISE,
    gradient_through_time.EXERCISE,
    rnn_backward.EXERCISE,
    lstm_cell.EXERCISE,
    gru_cell.EXERCISE,
    next_token_batches.EXERCISE,
)
