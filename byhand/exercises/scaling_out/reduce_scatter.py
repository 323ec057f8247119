"""The exercise `scaling_out.reduce_scatter`."""

from functools import partial

import torch

from byhand.exercise import Case, Exercise, Listed, Misconception

from ..pieces.inputs import readable
from ..pieces.tensors import tensor
from .shared import ASSERT, asserted, refuse_unless, unchecked


def by_stacking(vectors):
    p, n = len(vectors), len(vectors[0])
    refuse_unless(n % p == 0)
    return list(torch.stack(list(vectors)).reshape(p, p, -1).sum(dim=0))


def added(vectors):
    return sum(vectors[1:], vectors[0])


def in_pieces(total, p):
    return list(total.reshape(p, -1))


def pieces(
    vectors,
    *,
    checked=refuse_unless,
    reduced=added,
    cut=in_pieces,
    handed=lambda parts: parts,
):
    """A sum and a cut, of which each can go wrong."""
    p = len(vectors)
    checked(len(vectors[0]) % p == 0)
    return handed(cut(reduced(vectors), p))


def other(**parts):
    return partial(pieces, **parts)


def not_added(vectors):
    """Worker r's own piece r."""
    p, n = len(vectors), len(vectors[0])
    refuse_unless(n % p == 0)
    size = n // p
    return [one[r * size : (r + 1) * size] for r, one in enumerate(vectors)]


def own_vector(vectors):
    """Nothing is sent."""
    refuse_unless(len(vectors[0]) % len(vectors) == 0)
    return [one.clone() for one in vectors]


def own_sum(vectors):
    """What worker r's pieces come to: added up in the wrong direction."""
    p, n = len(vectors), len(vectors[0])
    refuse_unless(n % p == 0)
    return [one.reshape(p, -1).sum(dim=0) for one in vectors]


def every_pth(total, p):
    return [total[r::p] for r in range(p)]


def whole_for_all(total, p):
    return [total.clone() for _ in range(p)]


def rest_dropped(total, p):
    size = len(total) // p
    return [total[r * size : (r + 1) * size] for r in range(p)]


def unequal(total, p):
    return list(torch.tensor_split(total, p))


def padded(total, p):
    short = -len(total) % p
    return in_pieces(torch.cat([total, total.new_zeros(short)]), p)


def each_to_one_number(total, p):
    return [part.sum() for part in in_pieces(total, p)]


def first_only(parts):
    return parts[:1]


def joined(parts):
    return [torch.cat(list(parts))]


def of(name, p, n, raises=None):
    return Case(
        name,
        lambda rng: {"vectors": [tensor(readable(rng, n)) for _ in range(p)]},
        raises=raises,
    )


EXERCISE = Exercise(
    id="scaling_out.reduce_scatter",
    signature="reduce_scatter(vectors) -> list[Tensor]",
    asks=(
        "The first half of an all-reduce. `vectors` is a list of p vectors "
        "`(n,)`, one from each worker. Add them up, and cut the sum into p "
        "pieces of n / p numbers, in order. Return the list of p pieces: "
        "entry r is what worker r holds afterwards. Do not change the "
        "inputs. Raise a `ValueError` with a sentence if p does not divide "
        "n."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=6,
    reference=by_stacking,
    cases=(
        of("one worker", 1, 3),
        of("two workers, two numbers", 2, 2),
        of("two workers, four numbers", 2, 4),
        of("three workers, three numbers", 3, 3),
        of("two workers, six numbers", 2, 6),
        of("three workers, twelve numbers", 3, 12),
        of("four workers, eight numbers", 4, 8),
        of("five numbers for two workers", 2, 5, raises=ValueError),
        of("two numbers for three workers", 3, 2, raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "mean",
            "you took the mean over the workers. Reduce means *add* here: "
            "a mean is made later, by dividing.",
            other(reduced=lambda vectors: added(vectors) / len(vectors)),
        ),
        Misconception(
            "everybody gets all",
            "every worker gets the whole sum. That is an all-reduce: here "
            "worker r gets piece r alone.",
            other(cut=whole_for_all),
        ),
        Misconception(
            "not added",
            "worker r keeps piece r of its *own* vector. Add the pieces of "
            "all workers.",
            not_added,
        ),
        Misconception(
            "every p-th value",
            "you dealt the values out like cards, every p-th to a worker. A "
            "piece is a run of neighbours.",
            other(cut=every_pth),
        ),
        Misconception(
            "shifted by one",
            "your pieces are right, but each lies one worker too early: "
            "worker 0 has piece 1. So a plain ring leaves them. Worker r "
            "gets piece r.",
            other(handed=lambda parts: parts[1:] + parts[:1]),
        ),
        Misconception(
            "shifted the other way",
            "your pieces are right, but each lies one worker too late: "
            "worker 1 has piece 0. Worker r gets piece r.",
            other(handed=lambda parts: parts[-1:] + parts[:-1]),
        ),
        Misconception(
            "order reversed",
            "your pieces are right, but their order is reversed. Worker 0 "
            "gets the first one.",
            other(handed=lambda parts: parts[::-1]),
        ),
        Misconception(
            "summed along the pieces",
            "you added up the pieces of *one* worker. Add over the workers, "
            "piece by piece.",
            own_sum,
        ),
        Misconception(
            "each piece to one number",
            "you added the numbers inside each piece, too. A piece keeps its "
            "n / p numbers.",
            other(cut=each_to_one_number),
        ),
        Misconception(
            "product",
            "you multiplied the vectors. Add them.",
            other(reduced=lambda vectors: torch.stack(vectors).prod(dim=0)),
        ),
        Misconception(
            "largest",
            "you took the largest number at each place. Add them.",
            other(reduced=lambda vectors: torch.stack(vectors).amax(dim=0)),
        ),
        Misconception(
            "first piece only",
            "you return one piece. Return a list of all p.",
            other(handed=first_only),
        ),
        Misconception(
            "not cut",
            "you return the whole sum in one piece. Cut it into p pieces.",
            other(handed=joined),
        ),
        Misconception(
            "rest dropped",
            "where p does not divide n, you drop the rest, and nobody is "
            "told. Raise a ValueError.",
            other(checked=unchecked, cut=rest_dropped),
        ),
        Misconception(
            "unequal pieces",
            "where p does not divide n, you make pieces of unequal length. "
            "Raise a ValueError.",
            other(checked=unchecked, cut=unequal),
        ),
        Misconception(
            "filled with zeros",
            "where p does not divide n, you fill up with zeros. Raise a "
            "ValueError.",
            other(checked=unchecked, cut=padded),
        ),
        Misconception(
            "assert",
            ASSERT,
            other(checked=asserted),
        ),
        Misconception(
            "pieces of p numbers",
            "your pieces have p numbers each. Make p pieces, of n / p "
            "numbers each. (`split` takes the length of a piece, `chunk` "
            "how many.)",
            other(cut=lambda total, p: list(total.split(p))),
        ),
        Misconception(
            "own vector kept",
            "each worker still holds its own vector. Add all vectors, and "
            "give worker r piece r of the sum.",
            own_vector,
        ),
    ),
    hints=(
        "[1, 2, 3, 4] and [10, 20, 30, 40]: which two numbers does worker 0 "
        "need, if it is to hold the first half of the sum?",
        "Add first, then cut. n / p numbers make a piece, and piece r begins "
        "at r · n / p.",
        "refuse if n % p. total = sum of the vectors; size = n // p; piece "
        "r = total[r · size : (r + 1) · size].",
    ),
    returns=(Listed("pieces"),),
    not_by=("reduce_scatter", "reduce_scatter_tensor"),
)
