"""The exercise `start_here.average`."""

import statistics
from itertools import accumulate

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable


def numbers(rng, n):
    return {"values": readable(rng, n).tolist()}


EXERCISE = Exercise(
    id="start_here.average",
    signature="average(values) -> float",
    asks=(
        "The average of some numbers: add them up and divide by how many "
        "there are. `values` is a list of floats with at least one in it, "
        "and the list may have any length. The result is one float."
    ),
    points=1,
    difficulty=1,
    importance=1,
    minutes=3,
    reference=statistics.fmean,
    cases=(
        Case("one number", lambda rng: numbers(rng, 1)),
        Case("two numbers", lambda rng: numbers(rng, 2)),
        Case("three numbers", lambda rng: numbers(rng, 3)),
        Case("six numbers", lambda rng: numbers(rng, 6)),
    ),
    misconceptions=(
        Misconception(
            "sum",
            "this is the sum. An average also divides by how many numbers "
            "there are.",
            sum,
        ),
        Misconception(
            "one too few",
            "you divided by one less than there are numbers. That belongs to "
            "the sample variance. An average divides by all of them.",
            lambda values: sum(values) / (len(values) - 1),
        ),
        Misconception(
            "one too many",
            "you divided by one more than there are numbers: counting starts "
            "at 1 here, however the positions are numbered.",
            lambda values: sum(values) / (len(values) + 1),
        ),
        Misconception(
            "always two",
            "you divided by 2 whatever the length of the list. How many "
            "numbers are in it?",
            lambda values: sum(values) / 2,
        ),
        Misconception(
            "median",
            "this is the median, the number in the middle of the sorted "
            "list. An average depends on every number.",
            statistics.median,
        ),
        Misconception(
            "midrange",
            "this is halfway between the smallest and the largest number. "
            "The ones in between count too.",
            lambda values: (min(values) + max(values)) / 2,
        ),
        Misconception(
            "integer division",
            "you divided with whole numbers only, which rounds down. Python "
            "has two divisions: which of them keeps the decimals?",
            lambda values: sum(values) // len(values),
        ),
        Misconception(
            "first value forgotten",
            "the first number is missing from the sum. In Python the first "
            "position is 0.",
            lambda values: sum(values[1:]) / len(values),
        ),
        Misconception(
            "last value forgotten",
            "the last number is missing from the sum: the loop ends one step "
            "too early.",
            lambda values: sum(values[:-1]) / len(values),
        ),
        Misconception(
            "returned inside the loop",
            "only the first number was added before the function returned: "
            "the `return` is indented too far, inside the loop.",
            lambda values: values[0] / len(values),
        ),
        Misconception(
            "average of averages",
            "you averaged what you had so far with each next number. That "
            "lets the last number count as much as all before it together.",
            lambda values: list(accumulate(values, lambda a, b: (a + b) / 2))[
                -1
            ],
        ),
        Misconception(
            "always by 3",
            "you divide by 3, as in the example. A list may have any "
            "length: divide by how many numbers it has.",
            lambda values: sum(values) / 3,
        ),
    ),
    hints=(
        "What is the average of 1, 2 and 6, and which two steps did you take "
        "to find it?",
        "Python has a function that adds up a list and one that says how "
        "long it is.",
        "total = sum of all values; count = how many there are; the result "
        "is total divided by count.",
    ),
    returns=("average",),
)
