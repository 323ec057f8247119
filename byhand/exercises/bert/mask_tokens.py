"""The exercise `bert.mask_tokens`."""

import numpy as np
import torch

from byhand.exercise import Case, Exercise, Measured, Misconception, Yes
from byhand.results.tensors import plain
from byhand.ways import repeating

from ..pieces.seams import but

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
# The others are 1 for yes and 0 for no. Six of them are by chance, and count
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
SIZES = (1, 1, 1, 1, 1, 1, 1, 1, 3, PARTS, 2, 2, 1, 1, 1)


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
        *(np.ones(1),) * 3,
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
        *(np.full(1, 0.25),) * 3,
    )


def five(variance, size):
    """Five standard errors, times √2."""
    return np.broadcast_to(1e-6 + 5 * np.sqrt(2 * variance), (size,)).copy()


# --- answers ---------------------------------------------------------------


def throws(ids, rng):
    return torch.rand(ids.shape, generator=rng, dtype=torch.float64)


def each_token(ids, special, p, rng):
    return (throws(ids, rng) < p) & ~special


def eighty_ten_ten(ids, rng):
    """0 to become [MASK], 1 to be drawn, 2 to stay."""
    fate = throws(ids, rng)
    return (fate >= 0.8).long() + (fate >= 0.9).long()


def any_word(ids, vocab_size, rng):
    return torch.randint(vocab_size, ids.shape, generator=rng)


def where_chosen(ids, chosen, fate):
    return ids.where(chosen, NOT_CHOSEN)


def masked(
    ids,
    special,
    mask_id,
    vocab_size,
    rng,
    p=0.15,
    *,
    choose=each_token,
    fates=eighty_ten_ten,
    draw=any_word,
    label=where_chosen,
    replaced=lambda chosen: chosen,
):
    chosen = choose(ids, special, p, rng)
    fate, words = fates(ids, rng), draw(ids, vocab_size, rng)
    touched = replaced(chosen)
    inputs = ids.where(~(touched & (fate == 0)), mask_id)
    inputs = torch.where(touched & (fate == 1), words, inputs)
    return inputs, label(ids, chosen, fate)


def reference(ids, special, mask_id, vocab_size, rng, p=0.15):
    return masked(ids, special, mask_id, vocab_size, rng, p)


def always(fate):
    return lambda ids, rng: torch.full_like(ids, fate)


def tenth_of_the_rest(ids, rng):
    """Eight tenths become [MASK], and a tenth of the others is drawn."""
    draws = throws(ids, rng) < 0.1
    return torch.where(throws(ids, rng) < 0.8, 0, 2 - draws.long())


def shares(mask, drawn):
    def fates(ids, rng):
        fate = throws(ids, rng)
        return (fate >= mask).long() + (fate >= mask + drawn).long()

    return fates


def exactly(ids, chosen, rng):
    """Eight tenths of the chosen, one tenth, and the rest."""
    order = throws(ids, rng).masked_fill(~chosen, 2).flatten().argsort()
    rank = order.argsort().view(ids.shape) / chosen.sum()
    return (rank >= 0.8).long() + (rank >= 0.9).long()


def exact_shares(ids, special, mask_id, vocab_size, rng, p=0.15):
    chosen = each_token(ids, special, p, rng)
    return masked(
        *(ids, special, mask_id, vocab_size, rng, p),
        choose=lambda *given: chosen,
        fates=lambda ids, rng: exactly(ids, chosen, rng),
    )


def one_for_all(ids, rng):
    first = eighty_ten_ten(ids[:1, :1], rng)
    return first.expand(ids.shape)


def one_a_row(ids, rng):
    return eighty_ten_ten(ids[:, :1], rng).expand(ids.shape)


def special_too(ids, special, p, rng):
    return throws(ids, rng) < p


def same_places(ids, special, p, rng):
    return (throws(ids[:1], rng) < p) & ~special


def whole_rows(ids, special, p, rng):
    return (throws(ids[:, :1], rng) < p) & ~special


def as_many_in_each_row(ids, special, p, rng):
    order = throws(ids, rng).masked_fill(special, 2).argsort(1).argsort(1)
    many = ((~special).sum(1, keepdim=True) * p).round()
    return (order < many) & ~special


def as_many_in_all(ids, special, p, rng):
    order = throws(ids, rng).masked_fill(special, 2).flatten().argsort()
    many = round(float((~special).sum()) * p)
    chosen = torch.zeros(ids.numel(), dtype=torch.bool)
    chosen[order[:many]] = True
    return chosen.view(ids.shape)


def the_others(ids, special, p, rng):
    return (throws(ids, rng) >= p) & ~special


def always_15(ids, special, p, rng):
    return each_token(ids, special, 0.15, rng)


def own_generator(seed):
    """Draws from a generator with a seed of its own, or from none."""

    def answer(ids, special, mask_id, vocab_size, rng, p=0.15):
        own = torch.Generator()
        own.manual_seed(seed) if seed is not None else own.seed()
        return masked(ids, special, mask_id, vocab_size, own, p)

    return answer


def in_place(ids, special, mask_id, vocab_size, rng, p=0.15):
    inputs, labels = masked(ids, special, mask_id, vocab_size, rng, p)
    return ids.copy_(inputs), labels


def swapped(*given, **named):
    return reference(*given, **named)[::-1]


# --- cases -----------------------------------------------------------------

WORDS = 4  # ids from here on are words; before them stand four signs


def a_batch(b, n, vocab_size, *p):
    """Texts of words between two signs, the later ones shorter and padded."""

    def inputs(rng):
        ids = rng.integers(WORDS, vocab_size, size=(b, n))
        ids[:, 0] = 1
        lengths = n - np.arange(b) % 3  # with their signs
        for row, length in enumerate(lengths):
            ids[row, length - 1 :] = 0
            ids[row, length - 1] = 2
        given = {
            "ids": torch.from_numpy(ids),
            "special": torch.from_numpy(ids < WORDS),
            "mask_id": 3,
            "vocab_size": vocab_size,
            "seed": int(rng.integers(2**31)),
        }
        return given | ({"p": p[0]} if p else {})

    return inputs


def called(ids, special, mask_id, vocab_size, seed, *p):
    return {
        "ids": ids,
        "special": special,
        "mask_id": mask_id,
        "vocab_size": vocab_size,
        **({"p": p[0]} if p else {}),
    }


EXERCISE = Exercise(
    id="bert.mask_tokens",
    signature=("mask_tokens(ids, special, mask_id, vocab_size, rng, p=0.15)"),
    asks=(
        "Hide some tokens, and keep what stood there. `ids` is `(b, n)`. "
        "`special` `(b, n)` is `True` on signs and padding, which are never "
        "chosen. Choose every other token with probability `p`, each for "
        "itself. Of the chosen, again each for itself, 80 % become "
        "`mask_id`, 10 % become a word drawn uniformly from *all* "
        "`vocab_size` ids (perhaps the same one), and 10 % stay. Return "
        "`(inputs, labels)`, both `(b, n)`. The labels are the ids at the "
        "chosen places and −100 elsewhere. `rng` is a `torch.Generator`. All "
        "randomness comes from it, and a second call draws again. The check "
        "draws often, and measures the shares."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=8,
    reference=reference,
    way=measured,
    expected=expected,
    bounds=bounds,
    cases=(
        Case("everything is chosen", a_batch(2, 5, 9, 1.0)),
        Case("nothing is chosen", a_batch(2, 5, 9, 0.0)),
        Case("p as it comes, a large vocabulary", a_batch(180, 60, 1_000)),
        Case("half of the tokens, eight ids", a_batch(160, 60, 8, 0.5)),
    ),
    misconceptions=(
        Misconception(
            "all become [MASK]",
            "every chosen token becomes [MASK]. One in ten should become "
            "another word, and one in ten should stay.",
            but(masked, fates=always(0)),
        ),
        Misconception(
            "a tenth of the rest",
            "only a tenth of those that are left becomes another word, 2 % "
            "of the chosen. It is half of them, 10 % of the chosen.",
            but(masked, fates=tenth_of_the_rest),
        ),
        Misconception(
            "none stay",
            "no chosen token stays as it is. One in ten should.",
            but(masked, fates=shares(0.8, 0.2)),
        ),
        Misconception(
            "none drawn",
            "no chosen token becomes another word. One in ten should.",
            but(masked, fates=shares(0.8, 0)),
        ),
        Misconception(
            "drawn and kept, not masked",
            "no chosen token becomes [MASK]. Eight in ten should.",
            but(masked, fates=shares(0, 0.5)),
        ),
        Misconception(
            "labels everywhere",
            "every token has its id as label. Where none was chosen, put "
            "−100, or the loss counts what was never hidden.",
            but(masked, label=lambda ids, chosen, fate: ids),
        ),
        Misconception(
            "labels only under [MASK]",
            "only what became [MASK] has a label. The other chosen tokens "
            "have one too: their place is asked as well.",
            but(
                masked,
                label=lambda ids, chosen, fate: where_chosen(
                    ids, chosen & (fate == 0), fate
                ),
            ),
        ),
        Misconception(
            "no label where it stays",
            "a chosen token that stays has no label. It has one: its place is "
            "asked as well.",
            but(
                masked,
                label=lambda ids, chosen, fate: where_chosen(
                    ids, chosen & (fate < 2), fate
                ),
            ),
        ),
        Misconception(
            "0 for not chosen",
            "the labels are 0 where no token was chosen. Put −100: 0 is an "
            "id like any other.",
            but(
                masked,
                label=lambda ids, chosen, fate: ids.where(chosen, 0),
            ),
        ),
        Misconception(
            "labels of the others",
            "the labels stand where *no* token was chosen.",
            but(
                masked,
                label=lambda ids, chosen, fate: ids.where(~chosen, NOT_CHOSEN),
            ),
        ),
        Misconception(
            "special tokens chosen",
            "you choose special tokens, too. Nothing can be learned from "
            "guessing [CLS] or padding: leave out what is `True` in "
            "`special`.",
            but(masked, choose=special_too),
        ),
        Misconception(
            "special inverted",
            "you choose *only* special tokens. `True` in `special` means "
            "never.",
            but(
                masked,
                choose=lambda ids, special, p, rng: each_token(
                    ids, ~special, p, rng
                ),
            ),
        ),
        Misconception(
            "the last id never drawn",
            "the last id is never drawn. `torch.randint` leaves out its "
            "upper end by itself, so subtract no more.",
            but(
                masked,
                draw=lambda ids, vocab_size, rng: any_word(
                    ids, vocab_size - 1, rng
                ),
            ),
        ),
        Misconception(
            "id 0 never drawn",
            "id 0 is never drawn. Draw from all ids, from 0 on.",
            but(
                masked,
                draw=lambda ids, vocab_size, rng: (
                    1 + any_word(ids, vocab_size - 1, rng)
                ),
            ),
        ),
        Misconception(
            "one word for all",
            "one word is drawn for all places. Draw one for each.",
            but(
                masked,
                draw=lambda ids, vocab_size, rng: any_word(
                    ids[:1, :1], vocab_size, rng
                ).expand(ids.shape),
            ),
        ),
        Misconception(
            "same places in every row",
            "the same places are chosen in every row. Each token needs a "
            "throw of its own.",
            but(masked, choose=same_places),
        ),
        Misconception(
            "whole rows",
            "a row is chosen whole or not at all. Each token needs a throw "
            "of its own.",
            but(masked, choose=whole_rows),
        ),
        Misconception(
            "as many in each row",
            "every row has the same number of chosen tokens. Each token has "
            "its own chance, so the number varies.",
            but(masked, choose=as_many_in_each_row),
        ),
        Misconception(
            "as many in all",
            "every batch has the same number of chosen tokens. Each token "
            "has its own chance, so the number varies.",
            but(masked, choose=as_many_in_all),
        ),
        Misconception(
            "one fate for all",
            "all chosen tokens of a batch meet the same fate. Each needs a "
            "throw of its own.",
            but(masked, fates=one_for_all),
        ),
        Misconception(
            "one fate a row",
            "the chosen tokens of a row meet the same fate. Each needs a "
            "throw of its own.",
            but(masked, fates=one_a_row),
        ),
        Misconception(
            "exactly eight in ten",
            "exactly 80 % of the chosen become [MASK] in every batch. Each "
            "chosen token needs a throw of its own, so the number varies.",
            exact_shares,
        ),
        Misconception(
            "p is kept",
            "you choose with probability 1 − p. p is the chance of being "
            "chosen.",
            but(masked, choose=the_others),
        ),
        Misconception(
            "p ignored",
            "15 % are chosen, whatever `p` is.",
            but(masked, choose=always_15),
        ),
        Misconception(
            "all tokens touched",
            "tokens that were not chosen are changed, too. Leave them as "
            "they are.",
            but(masked, replaced=lambda chosen: torch.ones_like(chosen)),
        ),
        Misconception(
            "rng not used",
            "the same seed hides other tokens each time: the randomness does "
            "not come from `rng`. Hand it on, `generator=rng`.",
            own_generator(None),
        ),
        Misconception(
            "a seed of its own",
            "every call hides the same tokens: you draw from a generator "
            "with a seed of its own. Every epoch should hide others.",
            own_generator(0),
        ),
        Misconception(
            "swapped",
            "you returned the labels first. Return `(inputs, labels)`.",
            swapped,
        ),
    ),
    hints=(
        "Of 100 chosen tokens, how many become [MASK], how many another "
        "word, how many stay? What share of those that did *not* become "
        "[MASK] is it?",
        "`torch.rand(ids.shape, generator=rng) < p` chooses. A second throw "
        "for each place decides: below 0.8, below 0.9, or above. "
        "`torch.where` puts things together without changing `ids`.",
        "chosen = (throw < p) and not special; labels = ids where chosen, "
        "else −100; fate = another throw; inputs = mask_id where chosen and "
        "fate < 0.8; a random id where chosen and 0.8 ≤ fate < 0.9; else "
        "ids.",
    ),
    returns=(
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
    ),
    called=called,
)
