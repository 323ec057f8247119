"""The exercise `recurrence.next_token_batches`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but


def of_a_stream(ids, batch_size):
    """Its length: the last id of the text is only a target."""
    return (len(ids) - 1) // batch_size


def by_index(ids, batch_size, seq_len, *, length=None, place=None, ahead=1):
    """Windows by the arithmetic of places.

    length: of a stream. place: where window k, row r, step s stands in the
    text. ahead: how far on the targets are.
    """
    L = (length or of_a_stream)(ids, batch_size)
    windows = L // seq_len
    if windows < 1:
        raise ValueError(
            f"{len(ids)} ids make no window of {seq_len} in {batch_size} rows"
        )
    k, r, s = np.ogrid[:windows, :batch_size, :seq_len]
    if place is None:
        at = r * L + k * seq_len + s
    else:
        at = place(k, r, s, batch_size, seq_len, L, windows)
    return ids[at], ids[(at + ahead) % len(ids)]


right = by_index


def beside_one_another(k, r, s, batch_size, seq_len, L, windows):
    """Rows of a window follow one another in the text."""
    return (k * batch_size + r) * seq_len + s


def every_batch_size_th(k, r, s, batch_size, seq_len, L, windows):
    return (k * seq_len + s) * batch_size + r


def overlapping(ids, batch_size, seq_len):
    """A window begins at every place of a stream."""
    L = of_a_stream(ids, batch_size)
    if seq_len > L:
        raise ValueError(f"{len(ids)} ids make no window")
    k, r, s = np.ogrid[: L - seq_len + 1, :batch_size, :seq_len]
    at = r * L + k + s
    return ids[at], ids[at + 1]


def turned(order):
    def answer(ids, batch_size, seq_len):
        return tuple(
            one.transpose(order) for one in right(ids, batch_size, seq_len)
        )

    return answer


def reshaped_at_once(ids, batch_size, seq_len):
    """The streams, read row by row into the shape of the windows."""
    both = right(ids, batch_size, seq_len)
    return tuple(one.swapaxes(0, 1).reshape(one.shape) for one in both)


def as_one_window(ids, batch_size, seq_len):
    """The streams themselves, not cut."""
    inputs, targets = right(ids, batch_size, seq_len)
    return tuple(
        one.transpose(1, 0, 2).reshape(batch_size, -1)
        for one in (inputs, targets)
    )


def last_target_only(ids, batch_size, seq_len):
    inputs, targets = right(ids, batch_size, seq_len)
    return inputs, targets[..., -1]


def round_each_window(ids, batch_size, seq_len):
    """The targets are the window rolled by one: its end meets its start."""
    inputs, _ = right(ids, batch_size, seq_len)
    return inputs, np.roll(inputs, -1, axis=-1)


def round_each_stream(ids, batch_size, seq_len):
    """The last target of a row is the row's first token."""
    inputs, _ = right(ids, batch_size, seq_len)
    windows = len(inputs)
    rows = inputs.transpose(1, 0, 2).reshape(batch_size, -1)
    after = np.roll(rows, -1, axis=1)
    after = after.reshape(batch_size, windows, seq_len)
    return inputs, after.transpose(1, 0, 2)


def never_refuses(ids, batch_size, seq_len):
    try:
        return right(ids, batch_size, seq_len)
    except ValueError:
        nothing = np.zeros((0, batch_size, seq_len), dtype=int)
        return nothing, nothing


def shortened(ids, batch_size, seq_len):
    """Where the last window does not fit, the window before is repeated."""
    inputs, targets = right(ids, batch_size, seq_len)
    return inputs[:-1], targets[:-1]


def asserts(ids, batch_size, seq_len):
    assert (len(ids) - 1) // batch_size >= seq_len
    return right(ids, batch_size, seq_len)


def without_the_one(ids, batch_size):
    """The length of a stream, counted as if no target came after it."""
    return len(ids) // batch_size


def one_short(ids, batch_size, seq_len):
    """The same by reshaping, which the targets are too few for."""
    L = without_the_one(ids, batch_size)
    if (windows := L // seq_len) == 0:
        raise ValueError("no window fits")
    both = [ids[at : at + batch_size * L] for at in (0, 1)]
    rows = [one.reshape(batch_size, L) for one in both]
    return tuple(
        np.stack(np.split(one[:, : windows * seq_len], windows, 1))
        for one in rows
    )


def drawn(n, batch_size, seq_len):
    """n different ids, neither in order nor equal to their places."""

    def inputs(rng):
        ids = 20 + rng.permutation(3 * n)[:n]
        return {"ids": ids, "batch_size": batch_size, "seq_len": seq_len}

    return inputs


EXERCISE = Exercise(
    id="recurrence.next_token_batches",
    signature=(
        "next_token_batches(ids, batch_size, seq_len) -> (inputs, targets)"
    ),
    asks=(
        "Cut a text into windows whose state can be carried. `ids` is a long "
        "array of ids, `(N,)`. Cut it into `batch_size` streams that follow "
        "one another in the text, each $L = \\lfloor (N - 1)/batch\\_size "
        "\\rfloor$ long. Then cut all streams into windows of `seq_len`: row "
        "r of window k begins at place r · L + k · `seq_len` of the text. "
        "What is left over is dropped. So row r of window k + 1 goes on where "
        "row r of window k stopped. The targets are the ids one place "
        "further on in the text. Return `inputs` and `targets`, both "
        "`(windows, batch_size, seq_len)`. If not even one window fits, raise "
        "a `ValueError`."
    ),
    points=2,
    difficulty=4,
    importance=4,
    minutes=10,
    reference=right,
    cases=(
        Case("one row, two windows", drawn(7, 1, 3)),
        Case(
            "the lesson's: 0 to 13 in three rows",
            lambda rng: {
                "ids": np.arange(14),
                "batch_size": 3,
                "seq_len": 2,
            },
        ),
        Case("two rows, some ids are left over", drawn(17, 2, 3)),
        Case("three rows of four, three windows", drawn(40, 3, 4)),
        Case("a multiple of rows and steps", drawn(24, 2, 3)),
        Case("windows of one step", drawn(9, 4, 1)),
        Case("just one window", drawn(7, 2, 3)),
        Case("one id too few", drawn(6, 2, 3), raises=ValueError),
        Case("fewer ids than rows", drawn(3, 4, 1), raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "targets not shifted",
            "your targets are the inputs. Each target is the *next* id.",
            but(right, ahead=0),
        ),
        Misconception(
            "targets shifted back",
            "your targets are one place *back*. Take the next id.",
            but(right, ahead=-1),
        ),
        Misconception(
            "targets a window further",
            "your targets are a whole window further on. Take the next id.",
            lambda ids, batch_size, seq_len: right(
                ids, batch_size, seq_len, ahead=max(seq_len, 2)
            ),
        ),
        Misconception(
            "targets two further",
            "your targets are two places further on. Take the next id.",
            but(right, ahead=2),
        ),
        Misconception(
            "inputs and targets swapped",
            "you returned the targets first.",
            lambda *given: right(*given)[::-1],
        ),
        Misconception(
            "rows beside one another",
            "the rows of a window follow one another in the text. Then a row "
            "does not go on in the next window, and no state can be carried: "
            "row r begins at r · L.",
            but(right, place=beside_one_another),
        ),
        Misconception(
            "reshaped at once",
            "you reshaped the streams straight to `(windows, batch_size, "
            "seq_len)`, which mixes them. Cut each row into its windows, then "
            "swap the two axes.",
            reshaped_at_once,
        ),
        Misconception(
            "every batch_size-th token",
            "you dealt the tokens out in turn, one to each row. A row is a "
            "piece of the text, as it stands.",
            but(right, place=every_batch_size_th),
        ),
        Misconception(
            "overlapping windows",
            "your windows overlap. Each begins where the one before ended.",
            overlapping,
        ),
        Misconception(
            "batch first",
            "you put the rows' axis first. The windows come first: "
            "`(windows, batch_size, seq_len)`.",
            turned((1, 0, 2)),
        ),
        Misconception(
            "time before batch",
            "you put the steps before the rows: the order is windows, rows, "
            "steps.",
            turned((0, 2, 1)),
        ),
        Misconception(
            "not cut into windows",
            "you returned the streams whole. Cut them into windows of "
            "`seq_len`.",
            as_one_window,
        ),
        Misconception(
            "the last target only",
            "you kept one target a window. Every step has one.",
            last_target_only,
        ),
        Misconception(
            "targets round the window",
            "the last target of each window is its own first id. Take the "
            "next id of the text.",
            round_each_window,
        ),
        Misconception(
            "targets round the stream",
            "the last target of each row is the row's first id. Take the next "
            "id of the text, which is the next row's first.",
            round_each_stream,
        ),
        Misconception(
            "empty in place of refused",
            "you returned empty arrays where no window fits. A caller would "
            "train on nothing: raise a ValueError.",
            never_refuses,
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            asserts,
        ),
        Misconception(
            "L without the − 1",
            "you counted L without the − 1. The last id of the text is only "
            "ever a target.",
            but(right, length=without_the_one),
        ),
        Misconception(
            "L without the − 1, reshaped",
            "your targets are one id short of a full table: you counted L "
            "without the − 1. The last id of the text has no next one.",
            one_short,
        ),
        Misconception(
            "the last window dropped",
            "you dropped the last window, though it is whole.",
            shortened,
        ),
    ),
    hints=(
        "Take 14 ids in three rows. How long can a row be, if each of its "
        "ids needs a next one?",
        "Cut inputs `ids[: batch_size * L]` and targets one place further, "
        "and reshape both to `(batch_size, L)`. Then cut the columns.",
        "L = (N − 1) // batch_size; rows = first batch_size · L ids as "
        "(batch_size, L); windows = L // seq_len, refuse 0; inputs[k] = "
        "columns k · seq_len up to (k + 1) · seq_len; the same for the ids "
        "from place 1 on.",
    ),
    returns=("inputs", "targets"),
)
