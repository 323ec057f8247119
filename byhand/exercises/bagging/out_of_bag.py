"""The exercise `bagging.out_of_bag`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception, Yes

from ..pieces.tensors import is_boolean


def right(n, indices):
    """What is left of all points when those drawn are taken away."""
    return np.isin(np.arange(n), np.setdiff1d(np.arange(n), indices))


def times(n, indices):
    """How often each point was drawn."""
    return np.bincount(indices, minlength=n)


def without_the_end(n, indices):
    return np.bincount(indices) == 0


def unmarked(n, indices):
    """A list of `True`, in which what is named becomes `False`."""
    mask = np.ones(n, dtype=bool)
    mask[indices] = False
    return mask


def toggled(n, indices):
    return times(n, indices) % 2 == 0


def by_draw(n, indices):
    """For each draw, whether the point of its number was drawn."""
    return ~np.isin(np.arange(len(indices)), indices)


def typed(answer, n, indices):
    """What came, and whether it is boolean: `~` of 0 and 1 is −1 and −2."""
    came = answer(n, indices)
    return None if came is None else (came, float(is_boolean(came)))


def of(n, *drawn):
    """The points by other numbers: any order but the first."""

    def inputs(rng):
        points = np.array(drawn)
        return {"n": n, "indices": rng.permutation(points)}

    return inputs


def at_random(n, size):
    """Some drawn, some twice, some not, and neither end decides alone."""

    def inputs(rng):
        while True:
            indices = rng.integers(n, size=size)
            count = times(n, indices)
            if {0, 1, 2} <= set(count[1:-1].tolist()):
                return {"n": n, "indices": indices}

    return inputs


EXERCISE = Exercise(
    id="bagging.out_of_bag",
    signature="out_of_bag(n, indices) -> (n,)",
    asks=(
        "Which points did a tree never see? `indices` is `(size,)`, a "
        "bootstrap sample of the points 0 to n − 1. Return a boolean mask "
        "`(n,)`: `True` for each point that was *not* drawn."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=4,
    reference=right,
    way=typed,
    cases=(
        Case("three points, the middle one drawn", of(3, 1)),
        Case("four points, 0 and 3 drawn", of(4, 0, 3)),
        Case("one of them drawn twice", of(5, 3, 1, 3)),
        Case("the last two not drawn", of(5, 0, 1, 2, 0)),
        Case("more draws than points", of(3, 0, 2, 2, 0, 2)),
        Case("all drawn", of(3, 2, 0, 1, 1)),
        Case("eight points, six draws", at_random(8, 6)),
        Case("seven points, nine draws", at_random(7, 9)),
    ),
    misconceptions=(
        Misconception(
            "in the bag",
            "your mask is inverted: `True` where the point was drawn. Out of "
            "bag are the others.",
            lambda n, indices: ~right(n, indices),
        ),
        Misconception(
            "numbers",
            "you return the numbers of the points. Return a mask: a `True` or "
            "`False` for each point.",
            lambda n, indices: np.flatnonzero(right(n, indices)),
        ),
        Misconception(
            "numbers of those drawn",
            "you return the numbers of the points that were drawn. Return a "
            "mask that is `True` for the others.",
            lambda n, indices: np.unique(indices),
        ),
        Misconception(
            "counts",
            "you return how often each point was drawn. Return whether that "
            "is 0.",
            times,
        ),
        Misconception(
            "0 and 1",
            "your mask has the right entries, but as numbers. Make it "
            "boolean, with `True` and `False`.",
            lambda n, indices: right(n, indices).astype(int),
        ),
        Misconception(
            "drawn twice is out",
            "you call a point out of bag that was drawn more than once. The "
            "tree saw it, too.",
            lambda n, indices: times(n, indices) != 1,
        ),
        Misconception(
            "toggled",
            "each draw flips the mask, so a point that was drawn twice is out "
            "again. Once drawn, a point stays in the bag.",
            toggled,
        ),
        Misconception(
            "drawn once is out",
            "you call a point out of bag that was drawn exactly once. Once is "
            "enough to be seen.",
            lambda n, indices: times(n, indices) < 2,
        ),
        Misconception(
            "as long as the draw",
            "your mask has an entry for each *draw*. It needs one for each of "
            "the `n` points.",
            by_draw,
        ),
        Misconception(
            "up to the largest drawn",
            "your mask ends at the largest number drawn. Points behind it "
            "were not drawn: they are `True`. With `bincount`, give "
            "`minlength`.",
            without_the_end,
        ),
        Misconception(
            "by position",
            "you marked the first places, one for each draw. The points that "
            "were drawn are the *values* in `indices`.",
            lambda n, indices: np.arange(n) >= len(indices),
        ),
        Misconception(
            "shifted by one",
            "you took the points to be numbered from 1, so each mark is one "
            "place too early. They are numbered from 0.",
            lambda n, indices: unmarked(n, indices - 1),
        ),
        Misconception(
            "one point short",
            "your mask has no entry for the last point, n − 1.",
            lambda n, indices: right(n, indices)[:-1],
        ),
        Misconception(
            "one entry more",
            "your mask has an entry too many: the points end at n − 1.",
            lambda n, indices: np.append(right(n, indices), True),
        ),
        Misconception(
            "starts at 1",
            "your mask has no entry for point 0.",
            lambda n, indices: right(n, indices)[1:],
        ),
        Misconception(
            "how many",
            "you return how many points were not drawn. Return which.",
            lambda n, indices: right(n, indices).sum(),
        ),
        Misconception(
            "the share",
            "you return the share of points that were not drawn. Return "
            "which.",
            lambda n, indices: right(n, indices).mean(),
        ),
        Misconception(
            "all out",
            "you call every point out of bag.",
            lambda n, indices: np.ones(n, dtype=bool),
        ),
        Misconception(
            "none out",
            "you call no point out of bag.",
            lambda n, indices: np.zeros(n, dtype=bool),
        ),
        Misconception(
            "last draw only",
            "you looked at the last draw only. All of them are in the bag.",
            lambda n, indices: unmarked(n, indices[-1:]),
        ),
        Misconception(
            "first draw only",
            "you looked at the first draw only. All of them are in the bag.",
            lambda n, indices: unmarked(n, indices[:1]),
        ),
        Misconception(
            "~ of the counts",
            "you put `~` before whole numbers. It makes −1 of 0 and −2 of "
            "1. Compare with 0 instead: `== 0`.",
            lambda n, indices: ~times(n, indices),
        ),
    ),
    hints=(
        "There are five points, and 3, 1, 3 were drawn. Which three did the "
        "tree not see?",
        "Start with a mask that is `True` everywhere. An array of numbers may "
        "stand between square brackets: it picks all those places at once.",
        "mask = n times True; mask at indices = False; return mask.",
    ),
    returns=("mask", Yes("the mask is boolean")),
    facts=(
        Fact(
            "one point at least was drawn, and is `False`",
            lambda mask: bool((mask == 0).any()),
        ),
    ),
)
