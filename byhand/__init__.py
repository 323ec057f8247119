"""Attention by Hand: the library that the lessons import."""

from byhand.check import CheckFailed, check

__all__ = ["CheckFailed", "check"]
