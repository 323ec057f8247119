"""What several exercises of lesson 22 use."""

from byhand.exercise import Misconception

ASSERT = (
    "you used `assert`, which raises an AssertionError, and is skipped when "
    "Python runs optimised. Raise a ValueError."
)


def asserted(holds):
    assert holds


def unchecked(holds):
    pass


def not_refused(no_error, by_assert, sentence):
    """Two who refuse nothing, or not as they should."""
    return (
        Misconception("no error", sentence, no_error),
        Misconception("assert", ASSERT, by_assert),
    )


def refuse_unless(holds):
    if not holds:
        raise ValueError("out of range")
