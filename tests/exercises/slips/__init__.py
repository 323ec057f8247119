"""Wrong answers as learners write them, six an exercise.

They were written from the lessons' cards, by somebody who had not read the
misconceptions. Whether a message names the cause is measured on them
(`make bench-messages`): a misconception that is added for one of them alone
measures nothing.
"""
