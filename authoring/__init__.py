"""Building what learners open: notebooks and their pictures, from text."""
