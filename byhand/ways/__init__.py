"""Ways to use an answer that is more than a function of arrays.

For `Exercise.way`; a file for each sort of answer. A way is called the same in
practice and in grading, and its body runs where the answer runs: see
byhand/elsewhere.py for what that means. So it knows nothing of what is right,
and everything that it returns is compared outside: never a verdict, nor a
statistic that a constant could stand for.
"""
