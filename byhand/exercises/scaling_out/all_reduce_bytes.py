"""The exercise `scaling_out.all_reduce_bytes`."""

import math
from fractions import Fraction
from functools import partial

from byhand.exercise import Case, Exercise, Misconception

from .shared import asserted, not_refused, refuse_unless


def by_walking(num_bytes, workers):
    """Piece by piece around the ring, and around once more."""
    refuse_unless(workers >= 1)
    sent, piece = Fraction(0), Fraction(num_bytes) / workers
    for _ in ("reduce-scatter", "all-gather"):
        for _ in range(workers - 1):
            sent += piece
    return float(sent)


def in_a_ring(n, p):
    return 2 * (p - 1) / p * n


def sent(num_bytes, workers, *, checked=refuse_unless, formula=in_a_ring):
    checked(workers >= 1)
    return formula(num_bytes, workers)


def by(formula):
    return partial(sent, formula=formula)


def nothing_alone(formula):
    """A formula of those who know that one worker sends nothing."""
    return by(lambda n, p: formula(n, p) if p > 1 else 0.0)


def for_anything(num_bytes, workers):
    return in_a_ring(num_bytes, workers) if workers else 0.0


def of(name, num_bytes, workers, raises=None):
    def inputs(rng):
        given = {"num_bytes": num_bytes, "workers": workers}
        return {
            name: int(rng.integers(*one)) if isinstance(one, tuple) else one
            for name, one in given.items()
        }

    return Case(name, inputs, raises=raises)


EXERCISE = Exercise(
    id="scaling_out.all_reduce_bytes",
    signature="all_reduce_bytes(num_bytes, workers) -> float",
    asks=(
        "How many bytes does *one* worker send for an all-reduce of "
        "`num_bytes` bytes in a ring of p = `workers`? The bytes are cut "
        "into p equal pieces. In p − 1 rounds, each worker sends one piece "
        "to its neighbour (reduce-scatter), and in p − 1 further rounds "
        "again (all-gather). Pieces need not be whole bytes. Raise a "
        "`ValueError` with a sentence if `workers` is below 1."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=4,
    reference=by_walking,
    cases=(
        of("two workers", 100, 2),
        of("one worker sends nothing", 100, 1),
        of("four workers", 1000, 4),
        of("three workers, and a piece is no whole number", 100, 3),
        of("eight workers, GPT-2's gradients", 497_759_232, 8),
        of("other numbers", (1000, 9000), (5, 30)),
        of("64 workers", 497_759_232, 64),
        of("no workers", 100, 0, raises=ValueError),
        of("a negative number of workers", 100, -2, raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "half of it",
            "you counted one half, (p − 1) / p · N. The sums must also go "
            "back to everybody: twice that.",
            by(lambda n, p: (p - 1) / p * n),
        ),
        Misconception(
            "all workers together",
            "you counted what all workers send together. Say what *one* "
            "sends.",
            by(lambda n, p: 2 * (p - 1) * n),
        ),
        Misconception(
            "2N",
            "you say 2 · `num_bytes`, whatever the number of workers. It "
            "comes close to that for many, but two workers send half of it.",
            by(lambda n, p: 2.0 * n),
        ),
        Misconception(
            "2N, but for one",
            "you say 2 · `num_bytes` for two workers or more. It comes close "
            "to that for many, but two workers send half of it.",
            nothing_alone(lambda n, p: 2.0 * n),
        ),
        Misconception(
            "one round",
            "you counted one round in each half. There are p − 1 rounds, "
            "with a piece of N / p each.",
            by(lambda n, p: 2 / p * n),
        ),
        Misconception(
            "one round, but for one",
            "you counted one round in each half. There are p − 1 rounds, "
            "with a piece of N / p each, and none for one worker.",
            nothing_alone(lambda n, p: 2 / p * n),
        ),
        Misconception(
            "as in a tree",
            "you let the amount grow with log₂ p, as if everything were sent "
            "in every round. In a ring only one piece is sent.",
            by(lambda n, p: n * math.log2(p)),
        ),
        Misconception(
            "twice as in a tree",
            "you let the amount grow with 2 · log₂ p, as if everything were "
            "sent in every round. In a ring only one piece is sent.",
            by(lambda n, p: 2 * n * math.log2(p)),
        ),
        Misconception(
            "pieces rounded down",
            "you rounded the pieces down to whole bytes. Divide with `/`, "
            "not with `//`.",
            by(lambda n, p: 2 * (p - 1) * (n // p)),
        ),
        Misconception(
            "result rounded down",
            "you rounded the result down to whole bytes. Return it as it is.",
            by(lambda n, p: 2 * (p - 1) * n // p),
        ),
        Misconception(
            "everything to everybody",
            "you let each worker send everything to each other one. In a "
            "ring it sends pieces to its neighbour.",
            by(lambda n, p: float((p - 1) * n)),
        ),
        Misconception(
            "one worker too many",
            "you counted one worker too many: your factor is 2p / (p + 1). "
            "It is 2(p − 1) / p.",
            by(lambda n, p: 2 * p / (p + 1) * n),
        ),
        Misconception(
            "factor inverted",
            "your factor is the wrong way up: it is (p − 1) / p, below 1.",
            nothing_alone(lambda n, p: 2 * p / (p - 1) * n),
        ),
        Misconception(
            "megabytes",
            "you divided by a million. Return bytes.",
            by(lambda n, p: in_a_ring(n, p) / 1e6),
        ),
        Misconception(
            "bits",
            "you return bits. Return bytes.",
            by(lambda n, p: 8 * in_a_ring(n, p)),
        ),
        *not_refused(
            for_anything,
            partial(sent, checked=asserted),
            "less than one worker passes without an error. Raise a "
            "ValueError.",
        ),
    ),
    hints=(
        "Four workers: how large is a piece, and in how many rounds does a "
        "worker send one?",
        "2 halves, p − 1 rounds each, N / p bytes a round. What is that for "
        "one worker?",
        "refuse workers < 1. 2 · (workers − 1) · num_bytes / workers.",
    ),
    returns=("bytes",),
)
