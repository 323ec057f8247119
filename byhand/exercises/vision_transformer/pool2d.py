"""The exercise `vision_transformer.pool2d`."""

from functools import partial

import torch
from torch.nn import functional

from byhand.exercise import Case, Exercise, Misconception

from .shared import pictures


def by_library(x, size, kind="max"):
    if kind not in {"max", "mean"}:
        raise ValueError(f"kind should be 'max' or 'mean'; got {kind!r}")
    flat = x.reshape(1, -1, *x.shape[-2:])
    pool = functional.max_pool2d if kind == "max" else functional.avg_pool2d
    found = pool(flat, size, stride=size)
    return found.reshape(*x.shape[:-2], *found.shape[-2:])


def side_by_side(x, size):
    """The windows that fit whole: (…, h // size, w // size, size, size)."""
    return x.unfold(-2, size, size).unfold(-2, size, size)


def at_the_other_end(x, size):
    h, w = x.shape[-2:]
    return side_by_side(x[..., h % size :, w % size :], size)


def one_pixel_on(x, size):
    return x.unfold(-2, size, 1).unfold(-2, size, 1)


def by_reshape(x, size):
    h, w = x.shape[-2] // size, x.shape[-1] // size
    kept = x[..., : h * size, : w * size]
    return kept.reshape(*x.shape[:-2], h, w, size, size)


def far_apart(x, size):
    h, w = x.shape[-2] // size, x.shape[-1] // size
    kept = x[..., : h * size, : w * size]
    cut = kept.reshape(*x.shape[:-2], size, h, size, w)
    return cut.transpose(-4, -3).transpose(-3, -1).transpose(-2, -1).mT


def with_the_rest(x, size, fill):
    """The same, and the leftovers in windows of their own."""
    down, right = (-n % size for n in x.shape[-2:])
    return side_by_side(
        functional.pad(x, (0, right, 0, down), value=fill), size
    )


def largest(windows):
    return windows.amax((-2, -1))


def average(windows):
    return windows.mean((-2, -1))


def refused(windows, kind):
    raise ValueError(f"kind should be 'max' or 'mean'; got {kind!r}")


def pooled(
    x,
    size,
    kind="max",
    *,
    windows=side_by_side,
    top=largest,
    middle=average,
    other=refused,
):
    found = windows(x, size)
    if kind == "max":
        return top(found)
    if kind == "mean":
        return middle(found)
    return other(found, kind)


def but(**parts):
    return partial(pooled, **parts)


def keeping_the_rest(x, size, kind="max"):
    if kind == "max":
        return largest(with_the_rest(x, size, -torch.inf))
    if kind != "mean":
        refused(x, kind)
    count = with_the_rest(torch.ones_like(x), size, 0.0)
    return with_the_rest(x, size, 0.0).sum((-2, -1)) / count.sum((-2, -1))


def larger_in_size(windows):
    far = windows.flatten(-2)
    place = far.abs().argmax(-1, keepdim=True)
    return far.gather(-1, place).squeeze(-1)


def part_of_the_names(x, size, kind="max"):
    if kind not in "max or mean":
        refused(x, kind)
    return pooled(x, size, "max" if kind == "max" else "mean")


def asserted(windows, kind):
    raise AssertionError


def small_image(*shape, size, **more):
    return lambda rng: {"x": pictures(rng, *shape), "size": size, **more}


def all_negative(rng):
    x = -1000 * pictures(rng, 4, 6).abs()
    return {"x": x, "size": 2, "kind": "max"}


EXERCISE = Exercise(
    id="vision_transformer.pool2d",
    signature='pool2d(x, size, kind="max")',
    asks=(
        "Pool the last two axes of `x`, a tensor `(…, h, w)`: cut them into "
        "windows of `size` by `size` that lie side by side, and return one "
        "number for each, in a tensor `(…, h // size, w // size)`: the "
        'largest for `kind="max"`, the mean for `kind="mean"`. Drop what is '
        "left over at the right and at the bottom. There may be any number "
        "of axes in front, or none. Raise a `ValueError` with a sentence "
        "for any other `kind`."
    ),
    points=2,
    difficulty=2,
    importance=3,
    minutes=5,
    reference=by_library,
    cases=(
        Case(
            "one window, the largest",
            small_image(2, 2, size=2, kind="max"),
        ),
        Case("one window, the mean", small_image(2, 2, size=2, kind="mean")),
        Case("four windows", small_image(4, 4, size=2, kind="max")),
        Case("their means", small_image(4, 4, size=2, kind="mean")),
        Case("max is the default", small_image(4, 2, size=2)),
        Case("all numbers are negative", all_negative),
        Case("a row and a column left over", small_image(3, 5, size=2)),
        Case(
            "leftovers, and the mean",
            small_image(5, 7, size=3, kind="mean"),
        ),
        Case(
            "two images of three channels",
            small_image(2, 3, 4, 6, size=2, kind="max"),
        ),
        Case(
            "windows of 3, three axes in front",
            small_image(2, 1, 3, 3, 6, size=3, kind="mean"),
        ),
        Case(
            "a window is one pixel",
            small_image(2, 3, size=1, kind="mean"),
        ),
        Case(
            'kind="median"',
            small_image(2, 2, size=2, kind="median"),
            raises=ValueError,
        ),
        Case(
            'kind="avg"',
            small_image(2, 4, size=2, kind="avg"),
            raises=ValueError,
        ),
        *(
            Case(
                f"kind={kind!r}",
                small_image(2, 2, size=2, kind=kind),
                raises=ValueError,
            )
            for kind in ("", "m", None)
        ),
    ),
    misconceptions=(
        Misconception(
            "mean for max",
            'you take the mean whatever `kind` says. For "max" it is the '
            "largest number of each window.",
            but(top=average),
        ),
        Misconception(
            "max for mean",
            'you take the largest whatever `kind` says. For "mean", add the '
            "window up and divide by how many numbers it has.",
            but(middle=largest),
        ),
        Misconception(
            "kinds swapped",
            'you swapped the kinds: "max" gives your mean, and "mean" your '
            "largest.",
            but(top=average, middle=largest),
        ),
        Misconception(
            "mean by default",
            "right wherever `kind` is given. If it is not, take the largest.",
            lambda x, size, kind="mean": pooled(x, size, kind),
        ),
        Misconception(
            "stride of 1",
            "your windows overlap: each begins one pixel after the last. "
            "They lie side by side, so go on by `size`.",
            but(windows=one_pixel_on),
        ),
        Misconception(
            "sum",
            "you added each window up and did not divide. Divide by the "
            "number of pixels in it, `size * size`.",
            but(middle=lambda windows: windows.sum((-2, -1))),
        ),
        Misconception(
            "divided by the side",
            "you divided the sum by `size`. A window has `size * size` "
            "pixels.",
            but(
                middle=lambda windows: (
                    windows.sum((-2, -1)) / windows.shape[-1]
                )
            ),
        ),
        Misconception(
            "leftovers kept",
            "you kept what is left over, in windows that are not whole. "
            "Drop it: the result is `(…, h // size, w // size)`.",
            keeping_the_rest,
        ),
        Misconception(
            "dropped at the other end",
            "you dropped the leftovers at the left and at the top. Begin at "
            "the top left, and drop what is left at the right and at the "
            "bottom.",
            but(windows=at_the_other_end),
        ),
        Misconception(
            "windows by plain reshape",
            "you only reshaped, so a window of yours is a run of pixels. "
            "Split both axes, `h` into (h // size, size) and `w` likewise. "
            "Then take the largest or the mean over the two inner axes.",
            but(windows=by_reshape),
        ),
        Misconception(
            "windows of pixels that lie apart",
            "you split an axis into (size, windows). It is (windows, size). "
            "Your windows gather pixels from all over the image.",
            but(windows=far_apart),
        ),
        Misconception(
            "largest magnitude",
            "you took the number that is furthest from 0. The largest of −3 "
            "and 2 is 2.",
            but(top=larger_in_size),
        ),
        Misconception(
            "smallest",
            "you took the smallest number of each window.",
            but(top=lambda windows: windows.amin((-2, -1))),
        ),
        Misconception(
            "never below 0",
            "where a whole window is negative you return 0, perhaps since "
            "you began the search there. The largest of −3 and −1 is −1.",
            but(top=lambda windows: largest(windows).clamp(min=0)),
        ),
        Misconception(
            "one corner",
            "you return the first pixel of each window. That is "
            "subsampling: the others count too.",
            but(
                top=lambda windows: windows[..., 0, 0],
                middle=lambda windows: windows[..., 0, 0],
            ),
        ),
        Misconception(
            "pooled to one number",
            "you pooled the *whole* image to one number. Each window gives "
            "one.",
            but(windows=lambda x, size: x),
        ),
        Misconception(
            "no error",
            "a `kind` that nobody knows passes without an error. A typing "
            "error would never be noticed: raise a ValueError.",
            but(other=lambda windows, kind: average(windows)),
        ),
        Misconception(
            "no error but the largest",
            'any `kind` that is not "mean" counts as "max" in yours. Raise a '
            "ValueError for what is neither.",
            but(other=lambda windows, kind: largest(windows)),
        ),
        Misconception(
            "a part of the name",
            'a part of "max or mean" passes as a `kind`: `in` looks for a '
            "piece of a text. Look it up among whole names, in a tuple say.",
            part_of_the_names,
        ),
        Misconception(
            "None for another kind",
            "for another `kind` nothing is returned, and nobody is told. "
            "Raise a ValueError.",
            but(other=lambda windows, kind: None),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError, and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            but(other=asserted),
        ),
    ),
    hints=(
        "How many windows are in a row of 7 pixels, for a `size` of 3? "
        "Which pixels belong to none?",
        "Cut the leftovers off first. Then it is `patchify` again: split "
        "both axes, and look at the two inner ones. `amax` and `mean` take "
        "a tuple of axes.",
        "h, w = h // size, w // size. x = x[..., : h * size, : w * size], "
        "reshaped to (…, h, size, w, size). The result is its largest, or "
        "its mean, over the axes −3 and −1.",
    ),
    returns=("pooled",),
    # Modules call these in their turn.
    not_by=(
        "max_pool2d",
        "avg_pool2d",
        "max_pool2d_with_indices",
        "adaptive_max_pool2d",
        "adaptive_avg_pool2d",
        "lp_pool2d",
        "max_pool3d",
        "avg_pool3d",
    ),
)
