"""What an instructor or a contributor runs; no lesson imports it."""

from byhand.environment import quick_notebooks

quick_notebooks()
