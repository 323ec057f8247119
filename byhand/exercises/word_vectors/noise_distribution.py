"""The exercise `word_vectors.noise_distribution`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but


def raised(counts, power):
    """counts ** power by logarithms; 0 stays 0."""
    counts = np.asarray(counts, dtype=float)
    logs = np.log(np.where(counts > 0, counts, 1))
    return np.where(counts > 0, np.exp(power * logs), 0.0)


def right(
    counts,
    power=0.75,
    *,
    before=lambda counts: counts,
    bend=raised,
    total=lambda weights, counts: np.sum(weights),
):
    """before: what is done with the counts; total: what is divided by."""
    weights = bend(before(np.asarray(counts)), power)
    return weights / total(weights, counts)


def with_e(counts, power=0.75):
    counts = np.asarray(counts, dtype=float)
    powers = np.exp(counts - counts.max())
    return powers / powers.sum()


def to_every_word(counts, power=0.75):
    return np.full(len(counts), 1 / len(counts))


def to_every_word_there(counts, power=0.75):
    there = np.asarray(counts) > 0
    return there / there.sum()


def logarithms(counts, power):
    return np.log1p(np.asarray(counts, dtype=float))


def in_order(counts, power=0.75):
    return np.sort(right(counts, power))[::-1]


def unlike(rng, size, zeros=0):
    """Counts, no two alike, the largest not first; so many are 0."""
    counts = rng.choice(np.arange(2, 60), size, replace=False)
    counts[rng.integers(1, size)] = 100
    while np.argmax(counts) == 0 or (counts[:-1] > counts[1:]).all():
        counts = rng.permutation(counts)
    counts[rng.choice(np.flatnonzero(counts < 100), zeros, False)] = 0
    return counts


EXERCISE = Exercise(
    id="word_vectors.noise_distribution",
    signature="noise_distribution(counts, power=0.75) -> (V,)",
    asks=(
        "How often should each word be drawn as a wrong answer? `counts` is "
        "`(V,)`: how often each word occurs, whole numbers from 0 on, one of "
        "them at least above 0. Raise each count to the power `power` (a "
        "positive number), and divide by what these add up to. Return `(V,)` "
        "probabilities, which add up to 1. A word that never occurs is never "
        "drawn."
    ),
    points=1,
    difficulty=1,
    importance=3,
    minutes=3,
    reference=right,
    cases=(
        Case(
            "counts of 100, 10 and 1",
            lambda rng: {"counts": rng.permutation([100, 10, 1])},
        ),
        Case("five words", lambda rng: {"counts": unlike(rng, 5)}),
        Case(
            "two words never occur",
            lambda rng: {"counts": unlike(rng, 6, zeros=2)},
        ),
        Case(
            # Less than a millionth added to 0 is seen: its root is larger.
            "power 0.5, one word never occurs",
            lambda rng: {"counts": unlike(rng, 4, zeros=1), "power": 0.5},
        ),
        Case(
            "power 2",
            lambda rng: {"counts": unlike(rng, 4), "power": 2.0},
        ),
        Case(
            "power 1, counts as of a large text",
            lambda rng: {
                "counts": 12_345 * unlike(rng, 5, zeros=1),
                "power": 1.0,
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "no power",
            "you divided the counts by their sum. Raise them to the power "
            "first.",
            but(right, bend=lambda counts, power: counts),
        ),
        Misconception(
            "not normalised",
            "your numbers do not add up to 1. Divide them by their sum.",
            but(right, total=lambda weights, counts: 1.0),
        ),
        Misconception(
            "power ignored",
            "you took 0.75 whatever `power` says.",
            but(right, bend=lambda counts, power: raised(counts, 0.75)),
        ),
        Misconception(
            "normalised before",
            "the power went into the divisor too, so your numbers do not add "
            "up to 1. Raise the counts first, then divide by what *they* add "
            "up to.",
            but(
                right,
                before=lambda counts: counts / counts.sum(),
                total=lambda weights, counts: 1.0,
            ),
        ),
        Misconception(
            "product for power",
            "you multiplied the counts by `power`. Raise them to it: `**`.",
            but(
                right,
                bend=lambda counts, power: counts * power,
                total=lambda weights, counts: np.sum(counts),
            ),
        ),
        Misconception(
            "by the plain sum",
            "you divided by the sum of the counts. Divide by the sum of their "
            "powers.",
            but(right, total=lambda weights, counts: np.sum(counts)),
        ),
        Misconception(
            "by the largest",
            "you divided by the largest. Divide by the sum: probabilities add "
            "up to 1.",
            but(right, total=lambda weights, counts: np.max(weights)),
        ),
        Misconception(
            "by the length",
            "you divided by the square root of the sum of squares. Divide by "
            "the sum: probabilities add up to 1.",
            but(right, total=lambda weights, counts: np.linalg.norm(weights)),
        ),
        Misconception(
            "1/power",
            "you took the power 1/`power`, which makes frequent words even "
            "more frequent. Take `power` itself.",
            but(right, bend=lambda counts, power: raised(counts, 1 / power)),
        ),
        Misconception(
            "softmax",
            "you took a softmax of the counts. Raise each count to the power. "
            "No exponential is needed.",
            with_e,
        ),
        Misconception(
            "softmax of the powers",
            "you took a softmax at the end. Divide the powers by their sum.",
            lambda counts, power=0.75: with_e(raised(counts, power)),
        ),
        Misconception(
            "+ 1",
            "you added 1 to every count. A word that never occurs is never "
            "drawn.",
            but(right, before=lambda counts: counts + 1),
        ),
        Misconception(
            "at least 1",
            "you counted words that never occur as 1. They are never drawn.",
            but(right, before=lambda counts: np.maximum(counts, 1)),
        ),
        Misconception(
            "whole powers",
            "you lost everything behind the decimal point of the powers. "
            "Keep them as floats.",
            but(right, bend=lambda counts, p: np.floor(raised(counts, p))),
        ),
        Misconception(
            "uniform",
            "you gave every word the same probability. Frequent words are "
            "drawn more often.",
            to_every_word,
        ),
        Misconception(
            "uniform over the words that occur",
            "you gave every word that occurs the same probability. Frequent "
            "words are drawn more often.",
            to_every_word_there,
        ),
        Misconception(
            "logarithms",
            "you took logarithms of the counts. Raise them to the power.",
            but(right, bend=logarithms),
        ),
        Misconception(
            "rare words first",
            "you turned it over: rare words are drawn most. Raise the counts "
            "to the power itself, and keep 0 at 0.",
            but(
                right,
                bend=lambda counts, power: np.where(
                    counts > 0, 1 / np.maximum(raised(counts, power), 1), 0
                ),
            ),
        ),
        Misconception(
            "sorted",
            "you sorted the probabilities. Each stays at its word's place.",
            in_order,
        ),
        Misconception(
            "cumulative",
            "you added the probabilities up from word to word. Return each "
            "word's own.",
            lambda counts, power=0.75: np.cumsum(right(counts, power)),
        ),
        Misconception(
            "square root",
            "you took the square root whatever `power` says.",
            but(right, bend=lambda counts, power: raised(counts, 0.5)),
        ),
    ),
    hints=(
        "100, 10 and 1 to the power 0.75 are about 31.6, 5.6 and 1. What "
        "makes probabilities of them?",
        "`counts ** power` works on the whole array. Divide at the end, by "
        "the sum of what you divide.",
        "w = counts to the power; result = w / sum of w.",
    ),
    returns=("probabilities",),
    facts=(
        Fact(
            "they add up to 1",
            lambda p: bool(np.isclose(p.sum(), 1)),
        ),
        Fact("none is negative", lambda p: bool((p >= 0).all())),
    ),
)
