"""Attention by Hand: the library that the lessons import."""

from byhand import notebook
from byhand.check import CheckFailed, check, last, solution

__all__ = ["CheckFailed", "check", "last", "solution"]

notebook.install()
