"""What runs inside the seal, together with a learner's code.

Nothing here knows a right answer. Whoever reads from the other end of the
wire must take what comes for the learner's own word.
"""
