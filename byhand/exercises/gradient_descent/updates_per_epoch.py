"""The exercise `gradient_descent.updates_per_epoch`."""

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .shared import rounded_up


def fits(rng):
    size = int(rng.integers(3, 7))
    return {"m": size * int(rng.choice([2, 4, 5])), "batch_size": size}


def left_over(rng, rest):
    """Whole batches, and then `rest` more examples (from the end if < 0)."""
    size = int(rng.integers(4, 8))
    return {
        "m": size * int(rng.choice([2, 3, 5])) + rest % size,
        "batch_size": size,
    }


def one_is_bad(m, batch_size):
    return min(m, batch_size) < 1


def count_or_refuse(m, batch_size, *, bad=one_is_bad):
    if bad(m, batch_size):
        raise ValueError(
            "m and batch_size should both be positive; "
            f"got {m} and {batch_size}"
        )
    return rounded_up(m, batch_size)


def zero_for_bad(m, batch_size):
    return 0 if one_is_bad(m, batch_size) else rounded_up(m, batch_size)


def asserts(m, batch_size):
    assert min(m, batch_size) > 0
    return rounded_up(m, batch_size)


EXERCISE = Exercise(
    id="gradient_descent.updates_per_epoch",
    signature="updates_per_epoch(m, batch_size) -> int",
    asks=(
        "How many updates are in an epoch? There is one for each batch, and "
        "a last, shorter batch counts as well. `m` is the number of examples "
        "and `batch_size` how many are in a batch; both are integers, and so "
        "is the result. Both must be positive: raise a `ValueError` "
        "otherwise, with a sentence that says what is wrong."
    ),
    points={"counts": 1, "refuses": 1},
    difficulty=2,
    importance=3,
    minutes=7,
    reference=count_or_refuse,
    cases=(
        Case(
            "one example, one a batch",
            lambda _: dict(m=1, batch_size=1),
            "counts",
        ),
        Case("batches fit exactly", fits, "counts"),
        Case("one example is left over", lambda r: left_over(r, 1), "counts"),
        Case(
            "almost a whole batch is left over",
            lambda rng: left_over(rng, -1),
            "counts",
        ),
        Case(
            "a batch has room for more than there are",
            lambda rng: dict(
                m=int(rng.integers(2, 5)), batch_size=int(rng.integers(9, 14))
            ),
            "counts",
        ),
        # Bad inputs that divide without a rest, so that an answer that also
        # rounds wrongly is told about the refusal here.
        Case(
            "no examples",
            lambda rng: dict(m=0, batch_size=int(rng.integers(2, 6))),
            "refuses",
            ValueError,
        ),
        Case(
            "batches of none",
            lambda rng: dict(m=int(rng.integers(2, 6)), batch_size=0),
            "refuses",
            ValueError,
        ),
        Case(
            "a negative number of examples",
            lambda rng: dict(m=-2 * int(rng.integers(2, 6)), batch_size=2),
            "refuses",
            ValueError,
        ),
        Case(
            "a negative batch size",
            lambda rng: dict(m=12, batch_size=-int(rng.choice([2, 3, 4]))),
            "refuses",
            ValueError,
        ),
        Case(
            "both negative",
            lambda rng: dict(m=-12, batch_size=-int(rng.choice([2, 3, 4]))),
            "refuses",
            ValueError,
        ),
    ),
    misconceptions=(
        Misconception(
            "no refusal",
            "nothing is refused. Before you count, look whether both numbers "
            "are positive, and raise a ValueError if one is not.",
            but(count_or_refuse, bad=lambda m, batch_size: False),
        ),
        Misconception(
            "zero for bad inputs",
            "you return 0 where the inputs make no sense. A caller would "
            "take that for an answer: raise a ValueError instead.",
            zero_for_bad,
        ),
        Misconception(
            "zero let through",
            "you refuse negative numbers but not 0. Zero is not positive.",
            but(
                count_or_refuse,
                bad=lambda m, batch_size: m < 0 or batch_size < 0,
            ),
        ),
        Misconception(
            "negatives let through",
            "you refuse 0 but not the numbers below it.",
            but(
                count_or_refuse,
                bad=lambda m, batch_size: m == 0 or batch_size == 0,
            ),
        ),
        Misconception(
            "refuses only both",
            "you refuse only if *both* numbers are bad. One of them is "
            "enough.",
            but(
                count_or_refuse,
                bad=lambda m, batch_size: m <= 0 and batch_size <= 0,
            ),
        ),
        Misconception(
            "only batch_size looked at",
            "you look at `batch_size` only. The number of examples must be "
            "positive as well.",
            but(count_or_refuse, bad=lambda m, batch_size: batch_size <= 0),
        ),
        Misconception(
            "only m looked at",
            "you look at the number of examples only. `batch_size` must be "
            "positive as well.",
            but(count_or_refuse, bad=lambda m, batch_size: m <= 0),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            asserts,
        ),
        Misconception(
            "large batches refused",
            "a batch may have room for more examples than there are. Then "
            "one update uses them all.",
            but(
                count_or_refuse,
                bad=lambda m, batch_size: (
                    min(m, batch_size) <= 0 or batch_size > m
                ),
            ),
        ),
        Misconception(
            "rounded down",
            "you rounded down, so the shorter last batch is not counted. It "
            "makes an update too.",
            lambda m, batch_size: m // batch_size,
        ),
        Misconception(
            "rounded to the nearest",
            "you rounded to the nearest whole number. Any examples left "
            "over, many or few, make one more batch.",
            lambda m, batch_size: round(m / batch_size),
        ),
        Misconception(
            "always one more",
            "you always count one batch more. Where the batches fit exactly "
            "nothing is left over for it.",
            lambda m, batch_size: m // batch_size + 1,
        ),
        Misconception(
            "not rounded",
            "this is not a whole number: nobody makes a part of an update. "
            "The examples left over make a whole one.",
            lambda m, batch_size: m / batch_size,
        ),
        Misconception(
            "one an example",
            "these are the updates of stochastic descent, one for each "
            "example. Here there is one for each batch.",
            lambda m, batch_size: m,
        ),
        Misconception(
            "what is left over",
            "this is how many examples are left over, not how many batches "
            "there are.",
            lambda m, batch_size: m % batch_size,
        ),
        Misconception(
            "turned round",
            "you divided the batch size by the number of examples. Divide the "
            "number of examples by the batch size.",
            lambda m, batch_size: rounded_up(batch_size, m),
        ),
    ),
    hints=(
        "How many boxes do you need for 7 eggs if a box holds 3? And for 6?",
        "Divide and round *up*: the `math` module has a function for it. And "
        "check both numbers before you divide.",
        "if m or batch_size is less than 1: raise ValueError with a "
        "sentence. Otherwise the result is m / batch_size, rounded up.",
    ),
    returns=("updates",),
)
