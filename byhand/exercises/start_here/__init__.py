"""Lesson 00: one toy exercise, to see how a lesson and a check work."""

from . import (
    average,
)

LESSON = "00_start_here"
EXERCISES = (average.EXERCISE,)
