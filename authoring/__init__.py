"""Building what learners open: notebooks and their pictures, from text."""

from byhand.environment import quick_notebooks

quick_notebooks()
