"""Attention by Hand: the library that the lessons import."""

from byhand import notebook
from byhand.check import CheckFailed, check, last

__all__ = ["CheckFailed", "check", "last"]

notebook.install()
