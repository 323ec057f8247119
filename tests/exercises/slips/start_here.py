"""Slips in lesson 00."""


def returns_early(values):
    total = 0
    for value in values:
        total += value
        return total / len(values)


def starts_at_the_second(values):
    total = 0
    for i in range(1, len(values)):
        total += values[i]
    return total / len(values)


def prints(values):
    print(sum(values) / len(values))


WRONG = {
    "start_here.average": {
        "the sum": lambda values: sum(values),
        "always by 3": lambda values: sum(values) / 3,
        "whole division": lambda values: sum(values) // len(values),
        "returns in the loop": returns_early,
        "the first is left out": starts_at_the_second,
        "prints": prints,
    },
}
