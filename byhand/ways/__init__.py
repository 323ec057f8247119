"""Ways to use an answer that is more than a function of arrays.

For `Exercise.way`; a file for each sort of answer. A way is called the same in
practice and in grading, and its body runs where the answer runs: see
byhand/elsewhere.py for what that means. So it knows nothing of what is right,
and everything that it returns is compared outside: raw values, never a
verdict, nor a statistic that a constant could stand for. What is measured in
them, the exercise measures: its own `way` calls one of these.
"""
