"""The exercise `scaling_out.shard_indices`."""

from functools import partial

from byhand.exercise import Case, Exercise, Misconception, Whole

from .shared import asserted, not_refused, refuse_unless


def by_library(n, rank, world_size):
    from torch.utils.data import DistributedSampler

    if n < 1:  # it does not look
        raise ValueError("there are no examples")
    return list(DistributedSampler(range(n), world_size, rank, shuffle=False))


def rounded_up(n, world_size):
    return -(-n // world_size)


def every_wth(rank, size, world_size):
    return [rank + world_size * k for k in range(size)]


def from_the_start(places, n):
    return [place % n for place in places]


def in_range(rank, world_size):
    return 0 <= rank < world_size


def shard(
    n,
    rank,
    world_size,
    *,
    checked=refuse_unless,
    known=in_range,
    size=rounded_up,
    places=every_wth,
    fill=from_the_start,
):
    """An answer of which every part can go wrong."""
    checked(n >= 1 and world_size >= 1 and known(rank, world_size))
    return fill(places(rank, size(n, world_size), world_size), n)


def other(**parts):
    return partial(shard, **parts)


def blocks(rank, size, world_size):
    return [rank * size + k for k in range(size)]


def steps_of_the_size(rank, size, world_size):
    return [rank + size * k for k in range(size)]


def one_on(rank, size, world_size):
    return [rank + 1 + world_size * k for k in range(size)]


def dropped(places, n):
    return [place for place in places if place < n]


def filled_with_the_last(places, n):
    return [min(place, n - 1) for place in places]


def filled_with_its_first(places, n):
    return [place if place < n else places[0] % n for place in places]


def filled_with_zero(places, n):
    return [place if place < n else 0 for place in places]


def filled_backwards(places, n):
    return [place if place < n else 2 * n - 1 - place for place in places]


def as_if_in_range(n, rank, world_size):
    """No error for any worker: all get something."""
    return [] if n < 1 or world_size < 1 else shard(n, rank % world_size,
                                                    world_size)  # fmt: skip


def filled_once(n, rank, world_size):
    """The examples, and once more their beginning: n of them at most."""
    refuse_unless(n >= 1 and in_range(rank, world_size))
    examples = list(range(n))
    return (examples + examples[: -n % world_size])[rank::world_size]


def remainder_by_workers(n, rank, world_size):
    return [
        place % world_size
        for place in shard(n, rank, world_size, fill=lambda places, n: places)
    ]


def everybodys(n, rank, world_size):
    shard(n, rank, world_size)
    return [shard(n, one, world_size) for one in range(world_size)]


def of(name, n, rank, world_size, raises=None):
    """A case; a pair stands for a number to be drawn from it."""

    def inputs(rng):
        sizes = {"n": n, "rank": rank, "world_size": world_size}
        return {
            name: int(rng.integers(*one)) if isinstance(one, tuple) else one
            for name, one in sizes.items()
        }

    return Case(name, inputs, raises=raises)


EXERCISE = Exercise(
    id="scaling_out.shard_indices",
    signature="shard_indices(n, rank, world_size) -> list[int]",
    asks=(
        "Which of `n` examples does one worker get? The workers are numbered "
        "from 0, and `rank` is the number of this one, of `world_size` in "
        "all. Worker `rank` takes `rank`, `rank + world_size`, `rank + 2 · "
        "world_size` and so on. All workers get equally many, ⌈n / "
        "world_size⌉. Where the numbers go beyond the last example, count on "
        "from example 0. Return a list of integers. Raise a `ValueError` "
        "with a sentence if `n` or `world_size` is below 1, or if `rank` is "
        "not one of 0 … `world_size` − 1."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=6,
    reference=by_library,
    cases=(
        of("one worker has everything", 3, 0, 1),
        of("four examples for two workers", 4, 1, 2),
        of("ten examples for four workers, the first", 10, 0, 4),
        of("ten examples for four workers, the last", 10, 3, 4),
        of("the worker before the last", 10, 2, 4),
        of("one example left over", 9, (1, 4), 4),
        of("other numbers", (11, 30), (0, 5), (5, 8)),
        of("more workers than examples", 3, 4, 5),
        of("many more workers than examples", 2, 6, 7),
        of("no examples", 0, 0, 2, raises=ValueError),
        of("no workers", 4, 0, 0, raises=ValueError),
        of("the rank is world_size", 4, 2, 2, raises=ValueError),
        of("the rank of a lone worker", 4, 5, 1, raises=ValueError),
        of("a negative rank", 4, -1, 2, raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "blocks",
            "you gave each worker a block of neighbours. Worker `rank` takes "
            "every `world_size`-th example instead.",
            other(places=blocks),
        ),
        Misconception(
            "not filled",
            "some workers get fewer examples than others. They would be "
            "ready early, and the others would wait for them: fill up from "
            "example 0.",
            other(fill=dropped),
        ),
        Misconception(
            "rest dropped",
            "you dropped the examples that are left over. Round n / "
            "`world_size` *up*, so that no example is lost.",
            other(size=lambda n, world_size: n // world_size),
        ),
        Misconception(
            "filled with the last",
            "you filled up with the last example. Count on from example 0.",
            other(fill=filled_with_the_last),
        ),
        Misconception(
            "filled with its own first",
            "you filled up with the worker's own first example. Count on "
            "over all workers: the next in line get 0, 1 and so on.",
            other(fill=filled_with_its_first),
        ),
        Misconception(
            "always filled with 0",
            "you filled up with example 0 for every worker. Count on: the "
            "first one gets 0, the next one gets 1.",
            other(fill=filled_with_zero),
        ),
        Misconception(
            "filled from the end",
            "you filled up by counting backwards from the last example. "
            "Begin again at example 0.",
            other(fill=filled_backwards),
        ),
        Misconception(
            "one too many",
            "where `world_size` divides `n`, each worker gets one example "
            "too many. ⌈4 / 2⌉ is 2, not 3.",
            other(size=lambda n, world_size: n // world_size + 1),
        ),
        Misconception(
            "step of the size",
            "you step by the number of examples that a worker gets. Step by "
            "the number of workers.",
            other(places=steps_of_the_size),
        ),
        Misconception(
            "ranks from 1",
            "your first worker begins at example 1. Ranks count from 0, and "
            "worker 0 begins at example 0.",
            other(places=one_on),
        ),
        Misconception(
            "all shards",
            "you return what *every* worker gets. Return the one list of "
            "worker `rank`.",
            everybodys,
        ),
        Misconception(
            "rank W allowed",
            "your last allowed rank is `world_size`. Ranks count from 0, so "
            "the last one is `world_size` − 1.",
            other(known=lambda rank, world_size: 0 <= rank <= world_size),
        ),
        Misconception(
            "negative rank allowed",
            "a negative rank passes. Only 0 … `world_size` − 1 are workers.",
            other(known=lambda rank, world_size: rank < world_size),
        ),
        Misconception(
            "rank not checked",
            "any rank passes. A worker that does not exist would quietly "
            "train on somebody else's examples: raise a ValueError.",
            other(known=lambda rank, world_size: True),
        ),
        *not_refused(
            as_if_in_range,
            other(checked=asserted),
            "numbers that cannot be pass without an error. Raise a "
            "ValueError for no examples, no workers, and a rank that does "
            "not exist.",
        ),
        Misconception(
            "blocks, rest dropped",
            "you cut the examples into blocks of n // `world_size` "
            "neighbours. Worker `rank` takes every `world_size`-th example "
            "instead, and none is dropped.",
            other(size=lambda n, world_size: n // world_size, places=blocks),
        ),
        Misconception(
            "filled up once",
            "you fill up from the list of the examples once. With many more "
            "workers than examples that is not enough: count on round and "
            "round.",
            filled_once,
        ),
        Misconception(
            "remainder by the workers",
            "you took the remainder by `world_size`. The numbers begin "
            "again after the last *example*: take the remainder by `n`.",
            remainder_by_workers,
        ),
    ),
    hints=(
        "Ten examples, four workers: how many does each get, if all get "
        "equally many and no example is lost?",
        "Count the places 0, 1, 2, … beyond the end. The example at a place "
        "is its remainder after division by `n`.",
        "refuse what cannot be. size = ⌈n / world_size⌉. For k from 0 to "
        "size − 1: (rank + k · world_size) modulo n.",
    ),
    returns=(Whole("indices"),),
    not_by=("DistributedSampler",),
)
