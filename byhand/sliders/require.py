"""What `compute` may be given: each raises ValueError with a sentence.

The sentence stands in the picture's place (panel.Panel), so it names the
number as the learner knows it: "the batch size", not "batch_size".
"""

import math


def that(holds, sentence):
    """A sentence of its own, for what only one figure demands."""
    if not holds:
        raise ValueError(sentence)


def whole(name, value, low, high):
    that(
        low <= value <= high and value == int(value),
        f"{name} must be a whole number from {low} to {high},"
        f" but it is {value}",
    )


def finite(name, value, what="finite"):
    that(math.isfinite(value), f"{name} must be {what}, but it is {value}")


def positive(name, value, most=None):
    """Above 0, and at most `most`; without one, finite."""
    if most is None:
        holds, what = 0 < value < math.inf, "finite and above 0"
    else:
        holds, what = 0 < value <= most, f"above 0 and at most {most:g}"
    that(holds, f"{name} must be {what}, but it is {value}")


def at_least_0(name, value, what="at least 0"):
    that(
        0 <= value < math.inf,
        f"{name} must be finite and {what}, but it is {value}",
    )


def within(name, value, low, high, unit=""):
    that(
        low <= value <= high,
        f"{name} must be from {low} to {high}{unit}, but it is {value}",
    )


def one_of(name, value, options):
    written = list(map(str, options))
    among = f"one of {', '.join(written)}"
    if len(written) == 2:
        among = " or ".join(written)
    that(value in options, f"{name} must be {among}, but it is {value!r}")
