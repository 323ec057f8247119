"""The exercise `vectorization.broadcast_shape`."""

from itertools import zip_longest

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but


def sizes(rng, count):
    """Sizes of axes: no two alike, none a multiple of another."""
    return [int(n) for n in rng.choice([3, 4, 5, 7, 11], count, False)]


def shapes(rng, count, make):
    """`make` gets `count` different sizes and gives the two shapes."""
    a, b = make(*sizes(rng, count))
    return {"a": a, "b": b}


def case(name, count, make, raises=None):
    return Case(name, lambda rng: shapes(rng, count, make), raises=raises)


# Pairs of sizes, from the first axis to the last: the right alignment, and
# those of the misconceptions.
def from_the_right(a, b):
    return list(zip_longest(a[::-1], b[::-1], fillvalue=1))[::-1]


def from_the_left(a, b):
    return list(zip_longest(a, b, fillvalue=1))


def shorter_only(a, b):
    return from_the_right(a, b)[abs(len(a) - len(b)) :]


def backwards(a, b):
    return from_the_right(a, b)[::-1]


def of_the_first(a, b):
    return from_the_right(a, b)[max(len(b) - len(a), 0) :]


def as_long_as_the_first(a, b):
    return list(zip(a, (1,) * (len(a) - len(b)) + b, strict=False))


def equal_lengths(a, b):
    if len(a) != len(b):
        raise ValueError("the shapes have different numbers of axes")
    return list(zip(a, b, strict=True))


# Two sizes made one.
def same_or_one(m, n):
    return fits(m, n, m == n or 1 in (m, n))


def fits(m, n, good):
    if not good:
        raise ValueError(f"sizes {m} and {n} do not fit together")
    return max(m, n)


def joined(a, b, *, align=from_the_right, join=same_or_one):
    return tuple(join(m, n) for m, n in align(a, b))


def none_for_a_clash(a, b, *, instead=None):
    try:
        return joined(a, b)
    except ValueError:
        return instead


def asserts(a, b):
    pairs = from_the_right(a, b)
    assert all(m == n or 1 in (m, n) for m, n in pairs)
    return joined(a, b)


def looks_at_one_axis(a, b, *, place):
    """Only one pair of sizes is compared; the others may clash."""
    pairs = from_the_right(a, b)
    for m, n in pairs[place:][:1]:
        same_or_one(m, n)
    return tuple(max(pair) for pair in pairs)


def one_pair_only(a, b, *, align=from_the_right):
    """The return stands inside the loop."""
    for m, n in align(a, b):
        return (same_or_one(m, n),)


def in_place(a, b, places):
    """The sizes at these places from the right, into the longer shape."""
    sizes = list(a if len(a) > len(b) else b)
    for i in places:
        sizes[-i] = same_or_one(a[-i], b[-i])
    return tuple(sizes)


def nothing_for_a_number(a, b):
    return joined(a, b) if a and b else ()


def refuses_a_number(a, b):
    if not (a and b):
        raise ValueError("a shape is empty")
    return joined(a, b)


def a_one_excuses(a, b):
    return joined(a, b, join=max) if 1 in a + b else joined(a, b)


EXERCISE = Exercise(
    id="vectorization.broadcast_shape",
    signature="broadcast_shape(a, b) -> tuple[int, ...]",
    asks=(
        "Which shape does `x + y` have, if `x` has shape `a` and `y` has "
        "shape `b`? Both are tuples of positive integers, of any length, "
        "also `()`. Return the shape as a tuple. Where two sizes clash in "
        "any axis, raise a `ValueError` with a sentence that names the sizes."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=6,
    reference=lambda a, b: np.broadcast_shapes(a, b),
    cases=(
        case("equal shapes", 2, lambda n, m: ((n, m), (n, m))),
        case("a column meets a row", 2, lambda n, m: ((n, 1), (1, m))),
        case("the first has an axis more", 2, lambda n, m: ((n, m), (m,))),
        case("the second has an axis more", 2, lambda n, m: ((m,), (n, m))),
        case("a column meets one axis", 2, lambda n, m: ((n, 1), (m,))),
        case("a single number meets a table", 2, lambda n, m: ((), (n, m))),
        case("two single numbers", 0, lambda: ((), ())),
        case(
            "four axes meet three",
            4,
            lambda k, n, m, d: ((k, 1, m, 1), (n, 1, d)),
        ),
        case(
            "the last axes clash",
            2,
            lambda n, m: ((n, m), (n,)),
            ValueError,
        ),
        case(
            "the first axes clash",
            3,
            lambda n, m, k: ((n, m), (k, m)),
            ValueError,
        ),
        case(
            "axes in the middle clash",
            4,
            lambda k, n, m, d: ((k, n, 1, d), (m, 1, d)),
            ValueError,
        ),
        case(
            "one pair stretches, the next clashes",
            3,
            lambda n, m, k: ((1, m), (n, k)),
            ValueError,
        ),
        case(
            "one size is twice the other",
            1,
            lambda n: ((n, 2 * n), (n, n)),
            ValueError,
        ),
        case(
            "both have a 1 in the same axis",
            2,
            lambda n, m: ((1, m), (1, n, 1, m)),
        ),
        case(
            "the second has twice the size",
            1,
            lambda n: ((n, n), (n, 2 * n)),
            ValueError,
        ),
    ),
    misconceptions=(
        Misconception(
            "aligned from the left",
            "you compared the shapes from the left. Start at the last axes "
            "and go left.",
            but(joined, align=from_the_left),
        ),
        Misconception(
            "never refuses",
            "you took the larger size everywhere. Only a size of 1 "
            "stretches: any other two different sizes clash.",
            but(joined, join=max),
        ),
        Misconception(
            "aligned from the left, never refuses",
            "you compared the shapes from the left and refused nothing. Start "
            "at the last axes. Two different sizes clash unless one is 1.",
            but(joined, align=from_the_left, join=max),
        ),
        Misconception(
            "refuses different numbers of axes",
            "you refused shapes with different numbers of axes. A missing "
            "axis counts as a size of 1.",
            but(joined, align=equal_lengths),
        ),
        Misconception(
            "multiples stretch",
            "you let a size stretch to a multiple of it. Only a size of 1 "
            "stretches.",
            but(
                joined, join=lambda m, n: fits(m, n, max(m, n) % min(m, n) < 1)
            ),
        ),
        Misconception(
            "leading axes forgotten",
            "you stopped at the end of the shorter shape. The longer one's "
            "remaining axes belong to the result too.",
            but(joined, align=shorter_only),
        ),
        Misconception(
            "axes of the first only",
            "your result has as many axes as the first shape. The second may "
            "have more.",
            but(joined, align=of_the_first),
        ),
        Misconception(
            "None for a clash",
            "you returned None where sizes clash. A caller may take that "
            "for a result: raise a ValueError.",
            none_for_a_clash,
        ),
        Misconception(
            "False for a clash",
            "you returned False where sizes clash. A caller may take that "
            "for a result: raise a ValueError.",
            but(none_for_a_clash, instead=False),
        ),
        Misconception(
            "() for a clash",
            "you returned an empty shape where sizes clash. It is the shape "
            "of a single number: raise a ValueError.",
            but(none_for_a_clash, instead=()),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            asserts,
        ),
        Misconception(
            "sizes multiplied",
            "you multiplied the two sizes of each axis. Equal sizes stay as "
            "they are, and a 1 takes the other's size.",
            but(
                joined,
                join=lambda m, n: (
                    fits(m, n, m == n or 1 in (m, n)) * min(m, n)
                ),
            ),
        ),
        Misconception(
            "number of entries",
            "you returned how many entries the result has. Return its shape, "
            "one size for each axis.",
            lambda a, b: int(np.prod(joined(a, b))),
        ),
        Misconception(
            "one 1 excuses all",
            "a size of 1 somewhere excused every clash. It stretches only in "
            "its own axis.",
            a_one_excuses,
        ),
        Misconception(
            "only the last axes compared",
            "you compared only the last axes. Every axis may clash.",
            but(looks_at_one_axis, place=-1),
        ),
        Misconception(
            "only the first axes compared",
            "you compared only the first axes. Every axis may clash.",
            but(looks_at_one_axis, place=0),
        ),
        Misconception(
            "only equal sizes",
            "you refused a size of 1 beside another size. A 1 stretches to "
            "the other size.",
            but(joined, join=lambda m, n: fits(m, n, m == n)),
        ),
        Misconception(
            "only the second stretches",
            "you let only the second shape stretch. A 1 in the first "
            "stretches as well.",
            but(joined, join=lambda m, n: fits(m, n, n in (1, m))),
        ),
        Misconception(
            "only the first stretches",
            "you let only the first shape stretch. A 1 in the second "
            "stretches as well.",
            but(joined, join=lambda m, n: fits(m, n, m in (1, n))),
        ),
        Misconception(
            "backwards",
            "you collected the sizes from the right and left them in that "
            "order. Reverse the result at the end.",
            but(joined, align=backwards),
        ),
        Misconception(
            "the smaller size",
            "you took the smaller of two sizes. A 1 *stretches*: the larger "
            "size wins.",
            but(
                joined,
                join=lambda m, n: min(m, fits(m, n, m == n or 1 in (m, n)), n),
            ),
        ),
        Misconception(
            "joined end to end",
            "you put one shape behind the other. Compare them axis by axis, "
            "from the right.",
            lambda a, b: a + b,
        ),
        Misconception(
            "sizes of the first",
            "you kept the first shape's size everywhere. Where it is 1, the "
            "other's size counts.",
            but(joined, join=lambda m, n: (same_or_one(m, n), m)[1]),
        ),
        Misconception(
            "sizes of the second",
            "you kept the second shape's size everywhere. Where it is 1, the "
            "other's size counts.",
            but(joined, join=lambda m, n: (same_or_one(m, n), n)[1]),
        ),
        Misconception(
            "clashes left out",
            "you left out the axes that clash. A clash in any axis refuses "
            "the whole sum: raise a ValueError.",
            lambda a, b: tuple(
                max(m, n)
                for m, n in from_the_right(a, b)
                if m == n or 1 in (m, n)
            ),
        ),
        Misconception(
            "the longer shape",
            "you returned the longer shape. Its sizes of 1 may stretch, and "
            "others may clash.",
            lambda a, b: max(a, b, key=len),
        ),
        Misconception(
            "sizes of 1 dropped",
            "you dropped an axis where both sizes are 1. Keep it: its size "
            "is 1.",
            lambda a, b: tuple(size for size in joined(a, b) if size != 1),
        ),
        Misconception(
            "the first pair only",
            "you returned after the first pair of sizes. Put the return "
            "behind the loop.",
            one_pair_only,
        ),
        Misconception(
            "the last pair only",
            "you returned after the last pair of sizes. Put the return "
            "behind the loop.",
            but(one_pair_only, align=backwards),
        ),
        Misconception(
            "() meets nothing",
            "you returned () where one of the shapes is (). It stretches to "
            "the other shape.",
            nothing_for_a_number,
        ),
        Misconception(
            "() refused",
            "you refused (). It is the shape of a single number, which fits "
            "every shape.",
            refuses_a_number,
        ),
        Misconception(
            "only the second filled up",
            "you filled up only the second shape with ones. The first may be "
            "the shorter one.",
            but(joined, align=as_long_as_the_first),
        ),
        Misconception(
            "ValueError returned",
            "you returned the ValueError, like a result. `raise` it.",
            but(none_for_a_clash, instead=ValueError("a clash")),
        ),
        Misconception(
            "only a larger first refused",
            "you refused a clash only where the first size is the larger one. "
            "Two sizes that differ clash, unless one is 1.",
            but(joined, join=lambda m, n: fits(m, n, m <= n or n == 1)),
        ),
        Misconception(
            "only a larger second refused",
            "you refused a clash only where the second size is the larger "
            "one. Two sizes that differ clash, unless one is 1.",
            but(joined, join=lambda m, n: fits(m, n, n <= m or m == 1)),
        ),
        Misconception(
            "first common axis skipped",
            "you skipped the first axis that both shapes have. `range(1, n)` "
            "stops before n.",
            lambda a, b: in_place(a, b, range(1, min(len(a), len(b)))),
        ),
        Misconception(
            "index −0",
            "you began at index −0, which is 0: the *first* axis. The last "
            "axis is −1.",
            lambda a, b: in_place(a, b, range(min(len(a), len(b)))),
        ),
    ),
    not_by=("broadcast_shapes",),
    hints=(
        "Write (8, 1, 6, 1) and (7, 1, 5) under each other, flush right. "
        "What stands above the 7?",
        "Fill the shorter shape up with ones on its left. Then compare the "
        "sizes in pairs: equal, or one of them is 1, or a clash.",
        "put ones before the shorter shape until both are equally long; for "
        "each pair of sizes: if they differ and neither is 1, raise "
        "ValueError; append the larger. Return the sizes as a tuple.",
    ),
    returns=("shape",),
    kind="text",
)
