"""What can be said of draws of hidden words: measured, as they are random."""

import numpy as np

from byhand.exercise import Measured, Yes
from byhand.results.tensors import plain
from byhand.ways import repeating

# What is chosen, and what becomes of it, is chance: the answer draws eight
# times, and what must hold of any draw is counted, which is exact, or what
# holds on average is measured. With N tokens that may be chosen, all draws
# together, and n = pN of them chosen:
#
# share_chosen: standard error √(p(1 − p)/N).
# fates: shares m, s and o of the chosen that read [MASK], their own word and
#     another: √(q(1 − q)/n) each. A word drawn from V may be either of the
#     first two: m = 0.8 + 0.1/V, s = 0.1 + 0.1/V, o = 0.1(V − 2)/V.
# words: how often each word stands at a place whose own it is not, and was
#     drawn there: 0.1/V of the n, but for [MASK], which is counted above, and
#     but for the places whose own it is. In eight parts of the vocabulary,
#     so that each is drawn often: √(q(1 − q)/n).
# neighbours_chosen, neighbours_masked: of M pairs of neighbours, along rows
#     and along columns, how many are both chosen or both not, p² + q²; and of
#     the pairs that are both chosen, Mp², how many both read [MASK], m². Two
#     pairs that share a token are correlated, with two partners at most: see
#     layer_norm.dropout for the first, and decoding.sample for the second.
# The others are 1 for yes and 0 for no. Seven of them are by chance, and count
# in the large cases only.
#
# The bounds are five standard errors, times √2, since two answers are compared
# that both draw. A right answer misses one of the 36 numbers of a check with
# chance 1e-9; and it says no to "how many become [MASK] varies" with 3e-6. A
# seed that passes once passes always.
TIMES = 8
PARTS = 8  # of the vocabulary
ENOUGH = 2_000  # tokens that may be chosen from which chance is measured
NOT_CHOSEN = -100


def measured(answer, ids, special, mask_id, vocab_size, seed, *p):
    """What can be said of an answer's draws: see `returns`."""
    before = [ids, special, mask_id, vocab_size]
    drawn, again, other = (
        [[table(each) for each in two_of(came)] for came in call]
        for call in repeating.seeded(
            answer, before, [*p], [seed, seed, seed + 1], TIMES
        )
    )
    shapes = [one.shape for pair in drawn for one in pair]
    if any(shape != tuple(ids.shape) for shape in shapes):
        odd = next(s for s in shapes if s != tuple(ids.shape))
        return np.array(odd), *(np.zeros(n) for n in SIZES)
    inputs, labels = (np.array([d[k] for d in drawn]) for k in (0, 1))
    return (
        np.array(ids.shape),
        *counted(inputs, labels, plain(ids), plain(special), vocab_size),
        yes(same(drawn, again)),
        yes(not same(drawn, other)),
        yes(not same(drawn[:1], drawn[1:2])),
        *of_chance(inputs, labels, plain(ids), plain(special), mask_id,
                   vocab_size),
        *map(yes, vary(labels != NOT_CHOSEN, plain(special))),
        yes(fates_vary(inputs, labels, mask_id)),
        yes(words_vary(inputs, labels, mask_id)),
    )  # fmt: skip


def two_of(came):
    """What came, if it is two values. ValueError: it is not."""
    if came is None:
        raise ValueError("it returned None; is there a `return` at the end?")
    several = isinstance(came, (tuple, list))
    if not several or len(came) != 2:
        yours = len(came) if several else f"one {type(came).__name__}"
        raise ValueError(
            "it should return two values, (inputs, labels); yours returned "
            f"{yours}"
        )
    return came


def table(value):
    """What came as an array of ids. ValueError: it is none."""
    array = plain(value)
    if array.dtype.kind not in "iu":
        raise ValueError(
            "inputs and labels should be whole numbers, as ids are; yours "
            f"are {array.dtype}"
        )
    return array.astype(np.int64)


# How many numbers each measure behind the shape has.
SIZES = (1, 1, 1, 1, 1, 1, 1, 1, 3, PARTS, 2, 2, 1, 1, 1, 1)


def counted(inputs, labels, ids, special, vocab_size):
    """Whether there is no place of each kind that must never be."""
    chosen = labels != NOT_CHOSEN
    outside = (inputs < 0) | (inputs >= vocab_size)
    return tuple(
        yes(not wrong.any())
        for wrong in (
            chosen & (labels != ids),
            chosen & special,
            ~chosen & (inputs != ids),
            outside,
        )
    )


def of_chance(inputs, labels, ids, special, mask_id, vocab_size):
    chosen, free = labels != NOT_CHOSEN, ~special
    masked = chosen & (inputs == mask_id)
    stays = chosen & (inputs == ids)
    both = chosen.sum()
    drawn = inputs[chosen & ~masked & ~stays]
    # What is no id has been counted already.
    part = np.clip(drawn, 0, vocab_size - 1) * PARTS // vocab_size
    words = np.bincount(part, minlength=PARTS)
    return (
        share(chosen.sum(), len(inputs) * free.sum()),
        np.array(
            [
                share(n, both)[0]
                for n in (
                    masked.sum(),
                    stays.sum(),
                    (chosen & ~masked & ~stays).sum(),
                )
            ]
        ),
        np.array([share(n, both)[0] for n in words]),
        np.array([alike(chosen, free, axis) for axis in (1, 2)]),
        np.array([together(masked, chosen, axis) for axis in (1, 2)]),
    )


def share(part, whole):
    return np.array([part / whole if whole else 0.0])


def sides(mask, axis):
    """Each place but the last along an axis, and its neighbour."""
    n = mask.shape[axis]
    return mask.take(range(n - 1), axis), mask.take(range(1, n), axis)


def alike(chosen, free, axis):
    one, other = sides(chosen, axis)
    counts = np.logical_and(*sides(free[None].repeat(len(chosen), 0), axis))
    return share(((one == other) & counts).sum(), counts.sum())[0]


def together(masked, chosen, axis):
    pairs = np.logical_and(*sides(chosen, axis))
    both = np.logical_and(*sides(masked, axis))
    return share(both.sum(), pairs.sum())[0]


def same(one, other):
    return all(
        np.array_equal(a, b)
        for pair, like in zip(one, other, strict=True)
        for a, b in zip(pair, like, strict=True)
    )


def vary(chosen, special):
    """Whether rows have more or fewer that are chosen, and whether draws."""
    free = (~special).sum(1)
    alike = free == np.bincount(free).argmax()
    rows = chosen[:, alike].sum(-1)
    return len(set(rows.flat)) > 1, len(set(chosen.sum((1, 2)))) > 1


def fates_vary(inputs, labels, mask_id):
    """Whether more or fewer than eight in ten of the chosen read [MASK]."""
    chosen = labels != NOT_CHOSEN
    masked = (chosen & (inputs == mask_id)).sum((1, 2))
    return bool((np.abs(masked - 0.8 * chosen.sum((1, 2))) > 4).any())


def words_vary(inputs, labels, mask_id):
    """Whether two other words that were drawn in one row ever differ."""
    drawn = (inputs != labels) & (labels != NOT_CHOSEN) & (inputs != mask_id)
    lowest = np.where(drawn, inputs, inputs.max()).min(-1)
    highest = np.where(drawn, inputs, inputs.min()).max(-1)
    return bool((drawn.any(-1) & (lowest < highest)).any())


def yes(holds):
    return np.array([float(bool(holds))])


def expected(ids, special, mask_id, vocab_size, seed, *p):
    """The same of a right answer, but for chance."""
    p = p[0] if p else 0.15
    q, v = 1 - p, vocab_size
    masked, stays = 0.8 + 0.1 / v, 0.1 + 0.1 / v
    words = np.zeros(PARTS)
    for word in set(range(v)) - {mask_id}:
        others = 1 - share_of(ids, special, word)
        words[word * PARTS // v] += 0.1 / v * others
    return (
        np.array(ids.shape),
        *(np.ones(1),) * 7,
        np.array([p]),
        np.array([masked, stays, 1 - masked - stays]),
        words,
        np.full(2, p * p + q * q),
        np.full(2, masked**2),
        *(np.ones(1),) * 4,
    )


def share_of(ids, special, word):
    """How many of the tokens that may be chosen are that word."""
    free = plain(ids)[~plain(special)]
    return np.mean(free == word) if len(free) else 0.0


def bounds(ids, special, mask_id, vocab_size, seed, *p):
    exact, anything = 1e-6, 2.0
    p, v = p[0] if p else 0.15, vocab_size
    free = int((~special).sum())
    if free < ENOUGH:
        chance = [
            np.full(n, anything)
            for n in SIZES[4:]
        ]  # fmt: skip
        if p in (0, 1):
            chance[3] = np.full(1, exact)
        return np.full(2, exact), *(np.full(1, exact),) * 4, *chance
    total = TIMES * free
    n, q, m = p * total, 1 - p, 0.8 + 0.1 / v
    fates = np.array([m, 0.1 + 0.1 / v, 0.1 * (1 - 2 / v)])
    word = 0.1 / v * -(-v // PARTS)  # of the largest part
    # Special tokens leave fewer neighbours; a third less is plenty.
    pairs = 2 / 3 * total
    both = pairs * p * p
    mm = m * m
    return (
        np.full(2, exact),
        *(np.full(1, exact),) * 4,
        *(np.full(1, 0.25),) * 3,
        five(p * q / total, 1),
        five(fates * (1 - fates) / n, 3),
        five(word * (1 - word) / n, PARTS),
        five(4 * p * q * max(1 - 3 * p * q, 0) / pairs, 2),
        five((mm * (1 - mm) + 2 * (m**3 - mm * mm)) / both, 2),
        *(np.full(1, 0.25),) * 4,
    )


def five(variance, size):
    """Five standard errors, times √2."""
    return np.broadcast_to(1e-6 + 5 * np.sqrt(2 * variance), (size,)).copy()


MEASURES = (
    Measured("shape of inputs and labels"),
    Yes("every label is −100 or the token's own id"),
    Yes("no special token has a label"),
    Yes("a token without a label stays as it is"),
    Yes("every input is an id"),
    Yes("the same seed hides the same tokens"),
    Yes("another seed hides other tokens"),
    Yes("a second call hides other tokens"),
    Measured("share of the tokens that is chosen"),
    Measured("shares of [MASK], the same word and another"),
    Measured("share of other words, by eighths of the vocabulary"),
    Measured("share of neighbours that are chosen alike, down and across"),
    Measured("share of chosen neighbours that both read [MASK]"),
    Yes("how many of a row are chosen varies by chance"),
    Yes("how many of a batch are chosen varies by chance"),
    Yes("how many become [MASK] varies by chance"),
    Yes("other words drawn in one row differ"),
)
