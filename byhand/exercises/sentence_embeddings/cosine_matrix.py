"""The exercise `sentence_embeddings.cosine_matrix`."""

import torch
from torch.nn import functional

from byhand.exercise import Case, Exercise, Fact, Misconception, flowing

from ..pieces.inputs import readable
from ..pieces.seams import but
from ..pieces.tensors import tensor


def by_library(A, B):
    return functional.cosine_similarity(A[:, None], B[None], dim=-1)


# --- what goes wrong -------------------------------------------------------


def length(rows):
    return rows.square().sum(-1).sqrt()


def product(a, b):
    return a[:, None] * b[None]


def safe(divisors):
    return divisors.where(divisors != 0, 1)


def divided(
    A,
    B,
    *,
    of_a=length,
    of_b=length,
    join=product,
    guard=safe,
    finish=lambda found: found,
):
    return finish(A @ B.mT / guard(join(of_a(A), of_b(B))))


def both(measure):
    return but(divided, of_a=measure, of_b=measure)


def no_length(rows):
    return rows.new_ones(len(rows))


def of_the_table(rows):
    return rows.norm().expand(len(rows))


def centred(A, B):
    return divided(*(x - x.mean(1, keepdim=True) for x in (A, B)))


def centred_columns(A, B):
    return divided(*(x - x.mean(0) for x in (A, B)))


def columns(A, B):
    a, b = (x / safe(x.norm(dim=0)) for x in (A, B))
    return a @ b.mT


def row_by_row(A, B):
    return divided(A, B).diagonal()


def one_for_zeros(A, B):
    found = divided(A, B).clone()
    found[~A.any(1)] = 1
    found[:, ~B.any(1)] = 1
    return found


def distances(A, B):
    return torch.cdist(A, B)


# --- cases -----------------------------------------------------------------


def two(n, m, d):
    def inputs(rng):
        return {
            "A": tensor(readable(rng, n, d)),
            "B": tensor(readable(rng, m, d)),
        }

    return inputs


def with_zeros(rng):
    given = two(3, 2, 3)(rng)
    given["A"][int(rng.integers(3))] = 0
    given["B"][int(rng.integers(2))] = 0
    return given


def along(rng):
    """Rows along one another, against one another, at a right angle."""
    a, b = (float(x) for x in rng.choice([1, 2, 3, 4], 2, replace=False))
    return {
        "A": tensor([[a, b], [-3 * a, -3 * b]]),
        "B": tensor([[2 * a, 2 * b], [-b, a], [b, b + 1]]),
    }


def long_and_short(rng):
    """Divisors down to 10⁻⁶, which 10⁻¹² does not move and 10⁻⁸ does."""
    given = two(2, 3, 3)(rng)
    return {
        "A": given["A"] * tensor([[1e3], [3e-4]]),
        "B": given["B"] * tensor([[3e-4], [1.0], [1e3]]),
    }


def money(rng):
    """A query that two short texts and a long one fit."""
    return {
        "A": tensor([[1.0, 1.0, 0.0]]),
        "B": tensor([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0], [4.0, 1.0, 5.0]]),
    }


EXERCISE = Exercise(
    id="sentence_embeddings.cosine_matrix",
    signature="cosine_matrix(A, B)",
    asks=(
        "How alike are sentences? `A` `(n, d)` and `B` `(m, d)` have a "
        "vector a row. Return `(n, m)`: entry (i, j) is the cosine of row i "
        "of `A` and row j of `B`, their dot product divided by both lengths. "
        "A row of zeros has no direction: it gets 0 with everything. Use "
        "PyTorch's operations, so that gradients can flow back."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=5,
    reference=flowing(by_library),
    cases=(
        Case("one row each", two(1, 1, 2)),
        Case("two rows, three rows", two(2, 3, 4)),
        Case("along, against and at a right angle", along),
        Case("one query, three texts", money),
        Case("as many of each", two(3, 3, 2)),
        Case("rows of zeros", with_zeros),
        Case("very long and very short rows", long_and_short),
    ),
    misconceptions=(
        Misconception(
            "dot products",
            "you returned the dot products. Divide each by the lengths of "
            "both rows.",
            both(no_length),
        ),
        Misconception(
            "only A normed",
            "you divided by the lengths of `A`'s rows only. Divide by those "
            "of `B` too.",
            but(divided, of_b=no_length),
        ),
        Misconception(
            "only B normed",
            "you divided by the lengths of `B`'s rows only. Divide by those "
            "of `A` too.",
            but(divided, of_a=no_length),
        ),
        Misconception(
            "columns normed",
            "you measured columns. A vector is a row: the last axis.",
            columns,
        ),
        Misconception(
            "one norm for all",
            "you divided by the length of the whole table. Each row has its "
            "own.",
            both(of_the_table),
        ),
        Misconception(
            "NaN for zeros",
            "you divided by a length of 0, which gives NaN. A row of zeros "
            "gets 0 with everything.",
            but(divided, guard=lambda divisors: divisors),
        ),
        Misconception(
            "1 for zeros",
            "you gave a row of zeros the cosine 1. It has no direction: give "
            "it 0.",
            one_for_zeros,
        ),
        Misconception(
            "transposed",
            "you transposed the result. Rows belong to `A`, columns to `B`.",
            lambda A, B: divided(B, A),
        ),
        Misconception(
            "distance",
            "you returned 1 minus the cosine, which is a distance. Return "
            "the cosine.",
            but(divided, finish=lambda found: 1 - found),
        ),
        Misconception(
            "Euclidean distance",
            "you returned how far apart the rows are. Return the cosine of "
            "their angle.",
            distances,
        ),
        Misconception(
            "magnitude",
            "you dropped the sign. Opposite vectors have the cosine −1.",
            but(divided, finish=torch.abs),
        ),
        Misconception(
            "negative as 0",
            "you cut negative cosines off at 0. Opposite vectors have the "
            "cosine −1.",
            but(divided, finish=lambda found: found.clamp(min=0)),
        ),
        Misconception(
            "moved to 0 … 1",
            "you moved the cosines to the range from 0 to 1. Return them as "
            "they are, from −1 to 1.",
            but(divided, finish=lambda found: (1 + found) / 2),
        ),
        Misconception(
            "correlation",
            "you subtracted each row's mean first. That is the correlation. "
            "The cosine takes the vectors as they are.",
            centred,
        ),
        Misconception(
            "columns centred",
            "you subtracted each column's mean first. The cosine takes the "
            "vectors as they are.",
            centred_columns,
        ),
        Misconception(
            "10⁻⁸ in the divisor",
            "you added a small number to every divisor. Where rows are short "
            "it changes the result. Only a divisor of 0 needs another "
            "number.",
            but(divided, guard=lambda divisors: divisors + 1e-8),
        ),
        Misconception(
            "10⁻⁶ in the divisor",
            "you added 10⁻⁶ to every divisor. Where rows are short that is "
            "as much as the divisor itself. Only a divisor of 0 needs "
            "another number.",
            but(divided, guard=lambda divisors: divisors + 1e-6),
        ),
        Misconception(
            "10⁻⁶ in both lengths",
            "you added 10⁻⁶ to every length. Where rows are short it changes "
            "the result. Only a length of 0 needs another number.",
            both(lambda rows: length(rows) + 1e-6),
        ),
        Misconception(
            "squared lengths",
            "you divided by the squared lengths. The length is the *root* of "
            "the sum of squares.",
            both(lambda rows: rows.square().sum(-1)),
        ),
        Misconception(
            "sum of absolute values",
            "you measured a row by the sum of its absolute values. The "
            "length is the root of the sum of squares.",
            both(lambda rows: rows.abs().sum(-1)),
        ),
        Misconception(
            "largest value",
            "you measured a row by its largest value. The length is the root "
            "of the sum of squares.",
            both(lambda rows: rows.abs().amax(-1)),
        ),
        Misconception(
            "lengths added",
            "you divided by the sum of the lengths. Divide by their product.",
            but(divided, join=lambda a, b: a[:, None] + b[None]),
        ),
        Misconception(
            "the angle",
            "you returned the angle. Return its cosine: 1 for the same "
            "direction.",
            but(divided, finish=lambda found: found.clamp(-1, 1).arccos()),
        ),
        Misconception(
            "row by row",
            "you compared each row of `A` with one row of `B`. Compare every "
            "row with every row.",
            row_by_row,
        ),
        Misconception(
            "softmax of the rows",
            "you took the softmax of each row. Return the cosines themselves.",
            but(divided, finish=lambda found: found.softmax(-1)),
        ),
        Misconception(
            "A with itself",
            "you compared the rows of `A` with one another. The columns "
            "belong to the rows of `B`.",
            lambda A, B: divided(A, A),
        ),
    ),
    hints=(
        "Stretch a vector to twice its length. What happens to its dot "
        "products, and what must happen to its cosines?",
        "Divide each row by its length first, `norm(dim=-1, keepdim=True)`. "
        "Where that is 0, divide by a tiny number instead. Then one matrix "
        "product has all cosines.",
        "a = A / lengths of its rows; b = B / lengths of its rows (0 where "
        "the length is 0); result = a @ b.T.",
    ),
    returns=("cosines",),
    facts=(
        Fact(
            "every entry is between −1 and 1",
            lambda c: bool((abs(c) <= 1 + 1e-6).all()),
        ),
    ),
    not_by=(
        "cosine_similarity",
        "CosineSimilarity",
        "cosine_distances",
        "cosine",
        "cdist",
    ),
)
