"""Lesson 16: choosing the next token, and whole sequences of them.

Logits are float64 tensors; an answer may return a tensor, an array or lists.
The references count and compare where an answer would sort: they rank tokens
pair by pair. What is drawn is measured, and the beam is one table a round.
"""

import copy
import math
import operator

import numpy as np
import scipy.special

from byhand import calls
from byhand.exercise import Case, Exercise, Fact, Misconception

LESSON = "16_decoding"


def tensor(values):
    import torch  # takes seconds, and not every exercise needs it

    return torch.from_numpy(np.array(values))


def distinct(rng, *shape):
    """Logits from −4.0 to 4.0 with one decimal, no two alike."""
    tenths = rng.permutation(np.arange(-40, 41))[: math.prod(shape)]
    return tensor(tenths.reshape(shape) / 10)


def drawn(*shape, lowered=0.0, dropped=0, **settings):
    """A case's inputs: distinct logits, `dropped` of each row at −∞."""

    def inputs(rng):
        logits = distinct(rng, *shape) - lowered
        if dropped:
            rows = logits.reshape(-1, shape[-1])
            for row in rows:
                row[tensor(rng.permutation(shape[-1])[:dropped])] = -math.inf
            logits = rows.reshape(shape)
        return {"logits": logits, **settings}

    return inputs


# --- greedy ----------------------------------------------------------------


def unbeaten(logits):
    """The id that no other token of its row beats."""
    rows = np.asarray(logits)
    beaten = (rows[..., :, None] < rows[..., None, :]).any(-1)
    return (~beaten * np.arange(rows.shape[-1])).sum(-1)


def one_hot(logits):
    return (logits == logits.amax(-1, keepdim=True)).long()


greedy = Exercise(
    id="decoding.greedy",
    signature="greedy(logits)",
    asks=(
        "Choose the likeliest token. `logits` is a tensor `(…, vocab)`: for "
        "each place a row of scores, one for each token of the vocabulary. "
        "Return the **id** of the largest logit of each row, which is its "
        "place in the row, counted from 0. The shape of the result is `(…)`: "
        "for a single row `(vocab,)` one number. No two logits of a row are "
        "equal, and some may be −∞."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=5,
    reference=unbeaten,
    cases=(
        Case("one row of three", drawn(3)),
        Case("all are negative", drawn(4, lowered=5.0)),
        Case("two rows of four", drawn(2, 4)),
        Case("as many rows as tokens", drawn(3, 3)),
        Case("two sentences of three places", drawn(2, 3, 5)),
        Case("some tokens are at −∞", drawn(3, 4, dropped=2)),
    ),
    misconceptions=(
        Misconception(
            "the logit itself",
            "you return the largest logit. What is wanted is *where* it "
            "stands: the id of its token.",
            lambda logits: logits.amax(-1),
        ),
        Misconception(
            "the smallest",
            "you chose the token with the smallest logit, the least likely "
            "one.",
            lambda logits: logits.argmin(-1),
        ),
        Misconception(
            "counted through all rows",
            "without an axis, the largest of *all* rows is sought, and its "
            "place is counted through the whole tensor. Each row needs an id "
            "of its own: search along the last axis.",
            lambda logits: logits.argmax(),
        ),
        Misconception(
            "along the first axis",
            "you searched along the first axis, so that places compete for a "
            "token. At each place the *tokens* compete: the last axis.",
            lambda logits: logits.argmax(0),
        ),
        Misconception(
            "along axis 1",
            "axis 1 is the vocabulary only in a table of two axes. Counted "
            "from the back, the vocabulary is always axis −1.",
            lambda logits: logits.argmax(1),
        ),
        Misconception(
            "the last place only",
            "you took the last place of the sentence only. That is how a "
            "model goes on writing, but here every row is asked for.",
            lambda logits: logits[..., -1, :].argmax(-1),
        ),
        Misconception(
            "an axis too many",
            "the axis of the vocabulary is still there, with a length of 1. "
            "It should be gone: `(…)`.",
            lambda logits: logits.argmax(-1, keepdim=True),
        ),
        Misconception(
            "counted from 1",
            "your ids are 1 too large: the first token of a row has id 0.",
            lambda logits: logits.argmax(-1) + 1,
        ),
        Misconception(
            "without signs",
            "you compared the logits without their signs. A logit of −3 is "
            "*smaller* than one of 2; nothing about it is large.",
            lambda logits: logits.abs().argmax(-1),
        ),
        Misconception(
            "a one-hot row",
            "you return rows of zeros with a 1 at the best token. The id is "
            "asked for: the number of that place.",
            one_hot,
        ),
        Misconception(
            "all of them, sorted",
            "you return the ids of all tokens, best first. Only the first of "
            "each row is asked for.",
            lambda logits: logits.argsort(-1, descending=True),
        ),
        Misconception(
            "probabilities",
            "these are the probabilities of the tokens. They are not needed: "
            "softmax does not change which is the largest. The id of that "
            "one is asked for.",
            lambda logits: logits.softmax(-1),
        ),
    ),
    hints=(
        "In the row 0.5, 2.0, −1.0, which token is the likeliest, and what "
        "is its id?",
        "A tensor has a method that gives the place of the largest number "
        "along an axis, so you need neither a loop nor a softmax. Which axis "
        "is the vocabulary?",
        "result = the place of the largest number along axis −1.",
    ),
    returns=("ids",),
)


# --- apply_temperature -----------------------------------------------------


def times_the_inverse(logits, t):
    return logits * t**-1.0


def softened(logits, t):
    return logits.div(t)


apply_temperature = Exercise(
    id="decoding.apply_temperature",
    signature="apply_temperature(logits, t)",
    asks=(
        "Sharpen or flatten a distribution *before* the softmax. `logits` is "
        "a tensor `(…, vocab)` and `t`, the temperature, a number above 0. "
        "Return **logits**, in a new tensor of the same shape: the given "
        "ones divided by `t`, and nothing else done to them, so no softmax "
        "and nothing subtracted. A logit of −∞ stays −∞."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=5,
    reference=times_the_inverse,
    cases=(
        Case("t = 1 changes nothing", drawn(3, t=1.0)),
        Case("t = 2, one row of three", drawn(3, t=2.0)),
        Case("t = 0.5, two rows", drawn(2, 4, t=0.5)),
        Case("t = 0.8, a batch", drawn(2, 3, 4, t=0.8)),
        Case("t = 2, some tokens are at −∞", drawn(2, 4, dropped=2, t=2.0)),
    ),
    misconceptions=(
        Misconception(
            "multiplied",
            "you multiplied by t. Then a high temperature sharpens; it "
            "should flatten, so divide.",
            lambda logits, t: logits * t,
        ),
        Misconception(
            "after the softmax",
            "the softmax came first, and its probabilities were divided by "
            "t. They do not add up to 1 any more, and their proportions are "
            "the old ones: nothing was sharpened or flattened. Divide the "
            "*logits*.",
            lambda logits, t: logits.softmax(-1) / t,
        ),
        Misconception(
            "after the softmax, and made to add up",
            "you divided the probabilities by t and then by their sum, which "
            "takes t out again: these are the probabilities at t = 1, "
            "whatever t is. Divide the *logits*, and return logits.",
            lambda logits, t: logits.softmax(-1),
        ),
        Misconception(
            "probabilities returned",
            "t is where it should be, but you return probabilities. Logits "
            "are asked for: the softmax comes later, after the filters.",
            lambda logits, t: softened(logits, t).softmax(-1),
        ),
        Misconception(
            "log-probabilities returned",
            "you return log-probabilities. They make the same distribution, "
            "but what is asked for is the logits divided by t and no more.",
            lambda logits, t: softened(logits, t).log_softmax(-1),
        ),
        Misconception(
            "the largest subtracted",
            "the largest logit was subtracted. That is a step of softmax, "
            "which takes care of it by itself; here it is division only.",
            lambda logits, t: softened(
                logits - logits.amax(-1, keepdim=True), t
            ),
        ),
        Misconception(
            "t ignored",
            "t was never used: these are the logits as they came.",
            lambda logits, t: logits + 0,
        ),
        Misconception(
            "subtracted",
            "you subtracted t. Softmax does not notice when all logits move "
            "by the same amount, so that no distribution would change.",
            lambda logits, t: logits - t,
        ),
        Misconception(
            "divided by the root",
            "you divided by the square root of t. The root belongs to d_k, "
            "in attention; a temperature is taken as it is.",
            lambda logits, t: softened(logits, math.sqrt(t)),
        ),
        Misconception(
            "a power of the logits",
            "you took a power of the logits, with 1/t in the exponent. That "
            "is what happens to the *probabilities*; logits are logarithms, "
            "and there a power becomes a product.",
            lambda logits, t: logits ** (1 / t),
        ),
        Misconception(
            "whole numbers",
            "you divided and threw away what comes after the point. Use the "
            "division that keeps it.",
            lambda logits, t: logits // t,
        ),
    ),
    hints=(
        "Two logits are 2 apart, so one token is e² = 7.4 times as likely as "
        "the other. How far apart are they after a division by 2, and how "
        "many times as likely is the one then?",
        "Softmax looks at differences between logits only. Dividing all by a "
        "number below 1 stretches the differences, by one above 1 shrinks "
        "them.",
        "result = logits / t.",
    ),
    returns=("logits",),
)


# --- top_k_filter ----------------------------------------------------------


def how_many_are_larger(logits):
    """For each token, how many of its row have a larger logit."""
    return (logits.unsqueeze(-1) < logits.unsqueeze(-2)).sum(-1)


def where_kept(logits, keep, other=-math.inf):
    """The logits where `keep` is True, and `other` elsewhere."""
    return logits.masked_fill(~keep, other)


def top_k_by_rank(logits, k):
    return where_kept(logits, how_many_are_larger(logits) < k)


def limited(k, logits):
    return min(k, logits.shape[-1])


def top_values(logits, k):
    return logits.sort(-1, descending=True).values[..., : limited(k, logits)]


def top_ids(logits, k):
    order = logits.argsort(-1, descending=True)
    return order[..., : limited(k, logits)]


def in_order(logits, k):
    ordered = logits.sort(-1, descending=True).values
    ordered[..., limited(k, logits) :] = -math.inf
    return ordered


def flat_top_k(logits, k):
    return top_k_by_rank(logits.flatten(), k).reshape(logits.shape)


def lowest_of_the_first_row(logits, k):
    row = logits.reshape(-1, logits.shape[-1])[0]
    return where_kept(logits, logits >= top_values(row, k)[-1])


def unlimited_topk(logits, k):
    lowest = logits.topk(k, -1).values[..., -1:]
    return where_kept(logits, logits >= lowest)


def top_k_along_the_first(logits, k):
    if logits.ndim == 1:
        return top_k_by_rank(logits, k)
    return top_k_by_rank(logits.transpose(0, -1), k).transpose(0, -1)


top_k_filter = Exercise(
    id="decoding.top_k_filter",
    signature="top_k_filter(logits, k)",
    asks=(
        "Leave only the `k` likeliest tokens. `logits` is a tensor "
        "`(…, vocab)`. Return **logits** of the same shape, in a new tensor: "
        "the `k` largest of each row stay what they are and where they are, "
        "all others become −∞ (`-math.inf`). `k` is a whole number, 1 or "
        "more; where it is larger than the vocabulary, nothing is dropped. "
        "No two logits of a row are equal, but several may be −∞ already, "
        "and they stay so."
    ),
    points=2,
    difficulty=2,
    importance=3,
    minutes=10,
    reference=top_k_by_rank,
    cases=(
        Case("one of three", drawn(3, k=1)),
        Case("two of five", drawn(5, k=2)),
        Case("two of four, all negative", drawn(4, lowered=5.0, k=2)),
        Case("two of five, in three rows", drawn(3, 5, k=2)),
        Case("three of six, in a batch", drawn(2, 3, 6, k=3)),
        Case("some are at −∞ already", drawn(2, 5, dropped=2, k=2)),
        Case("k is all there are", drawn(2, 4, k=4)),
        Case("k is more than there are", drawn(2, 4, k=9)),
    ),
    misconceptions=(
        Misconception(
            "the k smallest",
            "you kept the k *smallest* logits, the least likely tokens.",
            lambda logits, k: where_kept(
                logits,
                how_many_are_larger(-logits) < k,
            ),
        ),
        Misconception(
            "zeros",
            "what is dropped became 0. A logit of 0 is not nothing: softmax "
            "gives it e⁰ = 1 share, more than any negative one. Only −∞ "
            "becomes a probability of 0.",
            lambda logits, k: where_kept(
                logits, how_many_are_larger(logits) < k, 0.0
            ),
        ),
        Misconception(
            "−1e9",
            "what is dropped became −1e9. That is a very small logit and "
            "usually works, until everything is dropped and the forbidden "
            "tokens share the probability among themselves. Use −∞.",
            lambda logits, k: where_kept(
                logits, how_many_are_larger(logits) < k, -1e9
            ),
        ),
        Misconception(
            "probabilities returned",
            "you return probabilities that add up to 1 again. Logits are "
            "asked for, so that another filter can follow; the softmax comes "
            "last.",
            lambda logits, k: top_k_by_rank(logits, k).softmax(-1),
        ),
        Misconception(
            "probabilities, 0 where dropped",
            "you filtered probabilities, with 0 for what is dropped. Filter "
            "the logits, and use −∞.",
            lambda logits, k: where_kept(
                logits.softmax(-1), how_many_are_larger(logits) < k, 0.0
            ),
        ),
        Misconception(
            "the values only",
            "you return the k largest logits and nothing else, so that "
            "nobody knows any more which tokens they belong to. Keep the "
            "shape, with −∞ for the others.",
            top_values,
        ),
        Misconception(
            "the ids only",
            "you return the ids of the k best tokens. What is asked for are "
            "the logits, in their places, with −∞ for the others.",
            top_ids,
        ),
        Misconception(
            "sorted",
            "the right logits were kept, but they are sorted: a token is "
            "known by its place, and the places got lost.",
            in_order,
        ),
        Misconception(
            "one too few",
            "you kept only what is *above* the k-th largest logit, and so "
            "dropped the k-th itself.",
            lambda logits, k: top_k_by_rank(logits, limited(k, logits) - 1),
        ),
        Misconception(
            "one too many",
            "you kept k + 1 tokens. Counted from 0, the k-th largest is at "
            "place k − 1.",
            lambda logits, k: top_k_by_rank(logits, k + 1),
        ),
        Misconception(
            "among all rows",
            "you kept the k largest of the *whole* tensor, so that some rows "
            "keep more and some nothing at all. Each row keeps its own k.",
            flat_top_k,
        ),
        Misconception(
            "the first row's limit",
            "the k-th largest logit of the first row became the limit for "
            "all rows. Each row has its own.",
            lowest_of_the_first_row,
        ),
        Misconception(
            "along the first axis",
            "you ranked along the first axis, where places stand and not "
            "tokens. The vocabulary is the last axis.",
            top_k_along_the_first,
        ),
        Misconception(
            "k larger than the vocabulary",
            "a k that is larger than the vocabulary breaks yours. There are "
            "not that many tokens; take the smaller of the two numbers.",
            unlimited_topk,
        ),
        Misconception(
            "without signs",
            "you compared the logits without their signs. A strongly "
            "negative logit means a most unlikely token.",
            lambda logits, k: where_kept(
                logits, how_many_are_larger(logits.abs()) < k
            ),
        ),
        Misconception(
            "nothing dropped",
            "nothing is dropped: these are the logits as they came.",
            lambda logits, k: logits + 0,
        ),
        Misconception(
            "the others kept",
            "you dropped the k best tokens and kept the others. It is the "
            "other way round.",
            lambda logits, k: where_kept(
                logits, how_many_are_larger(logits) >= k
            ),
        ),
        Misconception(
            "True and False",
            "you return which tokens are kept, as True and False. Use that "
            "to choose between the logit and −∞.",
            lambda logits, k: how_many_are_larger(logits) < k,
        ),
    ),
    hints=(
        "Of the logits 0.5, 2.0, −1.0, 1.2, the two largest are kept. What "
        "is the *smallest* of those that are kept, and how do the others "
        "compare with it?",
        "`torch.topk(logits, k)` gives the k largest of each row, in "
        "descending order; the last of them is the limit. "
        "`masked_fill` makes a new tensor with a number where a condition "
        "holds. Mind a k that is too large.",
        "k = the smaller of k and vocab. limit = the last of the k largest "
        "of each row, as `(…, 1)`. result = logits, with −∞ where they are "
        "below the limit.",
    ),
    returns=("logits",),
)


# --- top_p_filter ----------------------------------------------------------


def top_p_by_comparing(logits, p):
    """Keeps a token while all likelier ones together are below p."""
    shares = scipy.special.softmax(np.asarray(logits), axis=-1)
    likelier = shares[..., :, None] < shares[..., None, :]
    above = (likelier * shares[..., None, :]).sum(-1)
    return where_kept(logits, tensor(above < p))


def kept_by(keeps, shares=lambda logits: logits.softmax(-1), order=-1):
    """A wrong answer that goes down the tokens, likeliest first.

    keeps: from the shares in that order, their running sum and p to which
    are kept. shares: of the logits. order: 1 goes up instead.
    """

    def answer(logits, p):
        parts = shares(logits)
        places = (order * parts).argsort(-1)
        ordered = parts.gather(-1, places)
        keep = keeps(ordered, ordered.cumsum(-1), p)
        return where_kept(logits, keep.gather(-1, places.argsort(-1)))

    return answer


def until_crossed(ordered, sums, p):
    return sums - ordered < p


def only_below(ordered, sums, p):
    return sums <= p


def below_or_first(ordered, sums, p):
    keep = sums <= p
    keep[..., 0] = True
    return keep


def one_more(ordered, sums, p):
    keep = until_crossed(ordered, sums, p)
    more = keep.roll(1, -1)
    more[..., 0] = True
    return more


def share_of_the_tokens(ordered, sums, p):
    keep = np.zeros(sums.shape, bool)
    keep[..., : math.ceil(p * sums.shape[-1])] = True
    return tensor(keep)


def naive_softmax(logits):
    powers = logits.exp()
    return powers / powers.sum(-1, keepdim=True)


def nucleus(logits, p):
    return kept_by(until_crossed)(logits, p)


def nucleus_else(other):
    """The right tokens, and another number for what is dropped."""
    return lambda logits, p: where_kept(
        logits, nucleus(logits, p) > -math.inf, other
    )


def flags_not_put_back(logits, p):
    ordered = logits.softmax(-1).sort(-1, descending=True).values
    return where_kept(logits, until_crossed(ordered, ordered.cumsum(-1), p))


def sorted_nucleus(logits, p):
    return nucleus(logits.sort(-1, descending=True).values, p)


def nucleus_of_all(logits, p):
    return nucleus(logits.flatten(), p).reshape(logits.shape)


def nucleus_of_the_first(logits, p):
    row = logits.reshape(-1, logits.shape[-1])[0]
    return where_kept(logits, (nucleus(row, p) > -math.inf).expand_as(logits))


def nucleus_along_the_first(logits, p):
    if logits.ndim == 1:
        return nucleus(logits, p)
    return nucleus(logits.transpose(0, -1), p).transpose(0, -1)


def shares_kept(limit):
    """Keeps what has a share of its own above limit(p, largest share)."""

    def answer(logits, p):
        parts = logits.softmax(-1)
        return where_kept(logits, parts >= limit(p, parts.amax(-1, True)))

    return answer


def shared_out(*rows, p, raised=None):
    """Logits with known probabilities, in a random order in each row.

    No sum of the largest ones is near p, so that rounding decides nothing.
    """

    def inputs(rng):
        table = rng.permuted(np.array(rows), axis=-1)
        # A row's logits may all be moved: they are no log-probabilities.
        by = rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], len(table))
        by = by if raised is None else np.full(len(table), raised)
        with np.errstate(divide="ignore"):
            logits = np.log(table) + by[:, None]
        return {
            "logits": tensor(logits[0] if len(rows) == 1 else logits),
            "p": p,
        }

    return inputs


STEEP = (0.7, 0.15, 0.1, 0.05)
MIDDLE = (0.4, 0.3, 0.2, 0.1)
FLAT = (0.3, 0.27, 0.23, 0.2)


def a_batch(rng):
    given = shared_out(STEEP, MIDDLE, FLAT, FLAT, MIDDLE, STEEP, p=0.65)(rng)
    return {**given, "logits": given["logits"].reshape(2, 3, 4)}


top_p_filter = Exercise(
    id="decoding.top_p_filter",
    signature="top_p_filter(logits, p)",
    asks=(
        "Leave only the likeliest tokens that *together* have a probability "
        "of at least `p`. `logits` is a tensor `(…, vocab)`, and the "
        "probabilities of a row are its softmax. Go down the tokens of a row, "
        "likeliest first, and add up: the token with which the sum reaches or "
        "crosses `p` is the last that is kept, so at least one always is. "
        "Return **logits** of the same shape, in a new tensor: what is kept "
        "stays what it is and where it is, all else becomes −∞. `p` is above "
        "0 and at most 1, and with 1 nothing is dropped. No two logits of a "
        "row are equal (but several may be −∞, and stay so), they may be as "
        "large as 1000, and no sum comes so near to `p` that rounding would "
        "decide."
    ),
    points=3,
    difficulty=4,
    importance=4,
    minutes=20,
    reference=top_p_by_comparing,
    cases=(
        Case(
            "0.5, 0.3, 0.2 and p = 0.65",
            shared_out((0.5, 0.3, 0.2), p=0.65),
        ),
        Case("p is below the largest", shared_out(MIDDLE, p=0.35)),
        Case(
            "p = 0.65, a steep and a flat row", shared_out(STEEP, FLAT, p=0.65)
        ),
        Case(
            "p = 0.88, four rows",
            shared_out(MIDDLE, FLAT, STEEP, MIDDLE[::-1], p=0.88),
        ),
        Case("p = 0.65, a batch", a_batch),
        Case("p = 1 drops nothing", shared_out(FLAT, STEEP, p=1.0)),
        Case(
            "some are at −∞ already",
            shared_out((0.6, 0.3, 0.1, 0, 0), (0.45, 0.35, 0.2, 0, 0), p=0.75),
        ),
        Case(
            "logits near 1000",
            shared_out(MIDDLE, STEEP, p=0.78, raised=1000.0),
        ),
    ),
    misconceptions=(
        Misconception(
            "the crossing token dropped",
            "you keep tokens as long as their sum stays below p, and so drop "
            "the one that crosses it: less than p is left, and where the "
            "first token alone has more than p, nothing at all.",
            kept_by(only_below),
        ),
        Misconception(
            "the crossing token dropped, but never the first",
            "you keep the first token in any case, which is right, but "
            "otherwise only tokens whose sum stays below p. The one that "
            "crosses p belongs to them too, so that at least p is kept.",
            kept_by(below_or_first),
        ),
        Misconception(
            "one too many",
            "the token after the one that crosses p is kept as well. The sum "
            "has reached p already; stop there.",
            kept_by(one_more),
        ),
        Misconception(
            "from the bottom",
            "you added up from the least likely token upwards, and kept "
            "those. Sort in *descending* order.",
            kept_by(until_crossed, order=1),
        ),
        Misconception(
            "logits added up",
            "you added up logits and compared them with p. A logit is no "
            "share of anything; take the softmax first, for the sums only.",
            kept_by(until_crossed, shares=lambda logits: logits),
        ),
        Misconception(
            "not divided by the sum",
            "you added up the exponentials of the logits without dividing "
            "them by their sum. They are no probabilities yet.",
            kept_by(until_crossed, shares=lambda logits: logits.exp()),
        ),
        Misconception(
            "NaN for large logits",
            "right for small logits, but the exponential of 1000 is more "
            "than a float can hold. Use a softmax that subtracts the largest "
            "logit first, as PyTorch's does.",
            kept_by(until_crossed, shares=naive_softmax),
        ),
        Misconception(
            "zeros",
            "what is dropped became 0, and softmax gives a logit of 0 a "
            "share like any other. Only −∞ becomes a probability of 0.",
            nucleus_else(0.0),
        ),
        Misconception(
            "−1e9",
            "what is dropped became −1e9. Use −∞, which is 0 after any "
            "softmax and can be told from a real logit.",
            nucleus_else(-1e9),
        ),
        Misconception(
            "probabilities returned",
            "you return probabilities that add up to 1 again. Logits are "
            "asked for; the softmax comes last.",
            lambda logits, p: nucleus(logits, p).softmax(-1),
        ),
        Misconception(
            "probabilities, 0 where dropped",
            "you return the probabilities of the kept tokens and 0 for the "
            "others. They are needed to find out *what* is kept; what is "
            "returned are the logits, and −∞.",
            lambda logits, p: where_kept(
                logits.softmax(-1), nucleus(logits, p) > -math.inf, 0.0
            ),
        ),
        Misconception(
            "each compared with p",
            "you kept the tokens whose *own* probability is at least p. It "
            "is their sum that counts, from the likeliest down.",
            shares_kept(lambda p, largest: p),
        ),
        Misconception(
            "each compared with the largest",
            "you kept the tokens that have at least p times the largest "
            "probability. That is a filter of its own, called min-p; top-p "
            "looks at the sum.",
            shares_kept(lambda p, largest: p * largest),
        ),
        Misconception(
            "nothing dropped",
            "nothing is dropped: these are the logits as they came.",
            lambda logits, p: logits + 0,
        ),
        Misconception(
            "p is dropped",
            "you took p for the share that may be *dropped*, and kept 1 − p. "
            "It is what must be kept.",
            kept_by(
                lambda ordered, sums, p: until_crossed(ordered, sums, 1 - p)
            ),
        ),
        Misconception(
            "a share of the tokens",
            "you kept a share p of all *tokens*, by their number. The sum of "
            "their probabilities is to reach p, with few tokens where the "
            "model is sure and many where it is not.",
            kept_by(share_of_the_tokens),
        ),
        Misconception(
            "not put back in place",
            "what is kept was decided in sorted order, and then used on the "
            "logits in their own order. Take the decisions back to where "
            "their tokens stand.",
            flags_not_put_back,
        ),
        Misconception(
            "sorted",
            "the right logits were kept, but they are sorted: a token is "
            "known by its place, and the places got lost.",
            sorted_nucleus,
        ),
        Misconception(
            "among all rows",
            "softmax and sum ran over the whole tensor, so that the rows "
            "compete with each other. Each row has a sum of its own.",
            nucleus_of_all,
        ),
        Misconception(
            "the first row's tokens",
            "all rows keep the tokens that the first one keeps. Each row "
            "decides for itself, and keeps more where it is flat.",
            nucleus_of_the_first,
        ),
        Misconception(
            "along the first axis",
            "you went along the first axis, where places stand and not "
            "tokens. The vocabulary is the last axis.",
            nucleus_along_the_first,
        ),
    ),
    hints=(
        "The probabilities are 0.5, 0.3 and 0.2, and p is 0.65. After which "
        "token has the sum reached p? What was the sum *before* that token?",
        "A token is kept if the sum of those before it, likeliest first, is "
        "still below p. `sort(descending=True)` gives the sorted values and "
        "where each came from, `cumsum` the running sums; take away a "
        "token's own share to get the sum before it. To come back to the old "
        "order, `scatter` the decisions to where they came from (or sort the "
        "places).",
        "shares, places = softmax of logits, sorted descending. before = "
        "running sums − shares. drop = before ≥ p. Put drop back: a tensor "
        "like logits with drop[i] at places[i]. result = logits, −∞ where "
        "dropped.",
    ),
    returns=("logits",),
)


# --- sample ----------------------------------------------------------------

# One draw cannot be compared with another, so the answer draws often and is
# measured. For each case:
#
# ids_out_of_range: 0 for what is an id, and else what came in its place.
#     Exact. It also shows whether the shape is right.
# frequencies: how often each token came up, of n draws from a row with
#     chance p: standard error √(p(1 − p)/n). Exact for what cannot come up.
# neighbours_alike: how often one draw was the same token as the next, of M
#     pairs: Σp² of them. One pair has variance s₂(1 − s₂) with s₂ = Σp², two
#     pairs that share a draw have covariance s₃ − s₂² with s₃ = Σp³, and each
#     pair has two such partners at most: the variance of the mean is at most
#     (s₂(1 − s₂) + 2(s₃ − s₂²))/M.
# The last two are 1 for yes and 0 for no, and count where there are many
#     rows; a right answer says no only if hundreds of draws agree by chance.
#
# The bounds are five standard errors. A right answer misses one with chance
# 6e-7 if normal, and with 1e-5 at most for the rarest token here (p = 0.1 in
# 400 draws has skewness 0.13). That is 28 measures, so 3e-4 at most that a
# right answer is turned away, and a seed that passes once passes always.
# Misconceptions must miss by two bounds (tests/gates.py): ten standard errors.

ROWS = 800  # more would be spread over threads, which costs far more
ONE_BY_ONE = 800


def measured(answer, logits, rng):
    """What can be said of an answer's draws."""
    single = logits.ndim == 1
    times = ONE_BY_ONE if single else 2
    if answer is by_library:  # chance would blur what is expected
        shares, _, squares, _ = known_of(logits)
        return np.zeros(logits.shape[:-1]), shares, squares.mean(), 1.0, 1.0
    came = drawn_by(answer, logits, rng, times)
    again = came if single else drawn_by(answer, logits, rng, times)
    draws, again = list(map(as_table, came)), list(map(as_table, again))
    vocab = logits.shape[-1]
    for value, each in zip(came, draws, strict=True):
        if each is None:
            return value, 0.0, 0.0, 0.0, 0.0
        if each.shape != logits.shape[:-1]:
            return no_ids(each, vocab), 0.0, 0.0, 0.0, 0.0
    odd = [no_ids(each, vocab) for each in draws]
    ids = np.array(draws if single else draws[0])
    ids = ids.reshape(-1, ids.shape[-1])  # a distribution in each row
    return (
        max(odd, key=np.count_nonzero),
        (ids[..., None] == np.arange(vocab)).mean(1),
        np.mean(ids[:, 1:] == ids[:, :-1]),
        float(np.array_equal(draws, again)),
        float(not np.array_equal(draws[0], draws[1])),
    )


def drawn_by(answer, logits, rng, times):
    inputs = [logits], copy.deepcopy(rng), times
    return calls.using(answer, calls.repeated, *inputs)


def no_ids(values, vocab):
    """0 for every id; what is none stays what it is."""
    return np.where(np.isin(values, np.arange(vocab)), 0.0, values)


def as_table(value):
    if value is None:
        return None
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):  # said elsewhere, in words
        return None


def known_of(logits):
    """The distributions of a case: shares, draws of each, Σp² and Σp³.

    The rows of a table, and those of each table in a batch, are all alike.
    """
    kinds, draws = np.asarray(logits), ONE_BY_ONE
    if logits.ndim > 1:
        kinds, draws = kinds[..., 0, :], logits.shape[-2]
    shares = scipy.special.softmax(np.atleast_2d(kinds), axis=-1)
    return shares, draws, (shares**2).sum(-1), (shares**3).sum(-1)


def sample_bounds(logits, rng):
    shares, draws, squares, cubes = known_of(logits)
    pairs = len(shares) * (draws - 1)
    exact = 1e-6
    # Two draws of one token may well be the same.
    yes_no = np.array(2.0 if logits.ndim == 1 else 0.25)
    spread = squares * (1 - squares) + 2 * (cubes - squares**2)
    return (
        np.full(logits.shape[:-1], exact),
        exact + 5 * np.sqrt(shares * (1 - shares) / draws),
        np.array(exact + 5 * math.sqrt(spread.mean() / pairs)),
        yes_no,
        yes_no,
    )


def by_library(logits, rng):
    import torch

    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    rows = logits.reshape(-1, logits.shape[-1]).softmax(-1)
    ids = torch.multinomial(rows, 1, generator=generator)
    return ids.reshape(logits.shape[:-1])


def chosen(shares, rng, throws=None):
    """Ids by the running sums of (unnormalised) shares, an array."""
    sums = np.cumsum(shares, axis=-1)
    if throws is None:
        throws = rng.random(shares.shape[:-1])
    inside = np.asarray(throws)[..., None] * sums[..., -1:]
    return (sums[..., :-1] <= inside).sum(-1)


def shares_of(logits):
    return scipy.special.softmax(np.asarray(logits), axis=-1)


def drawing(shares):
    """A wrong answer that draws from other shares."""
    return lambda logits, rng: chosen(shares(np.asarray(logits)), rng)


def one_throw(logits, rng):
    return chosen(shares_of(logits), rng, rng.random())


def own_generator(logits, rng):
    # Nearly the draws of `rng`, and a few that nobody can foresee: two runs
    # of the real thing may differ by more than the bounds.
    ids = chosen(shares_of(logits), rng)
    own = np.random.default_rng()
    other = chosen(shares_of(logits), own)
    return np.where(own.random(ids.shape) < 0.02, other, ids)


def own_seed(logits, rng):
    return chosen(shares_of(logits), np.random.default_rng(0))


def probability_drawn(logits, rng):
    shares = shares_of(logits)
    ids = chosen(shares, rng)
    return np.take_along_axis(shares, ids[..., None], -1)[..., 0]


def logits_given_to_the_library(logits, rng):
    import torch

    return torch.multinomial(logits, 1)[..., 0]


def clipped_logits(logits):
    return np.clip(logits, 0, None) + 1e-12 * (logits > -np.inf)


def uniform_of_the_possible(logits):
    return (logits > -np.inf).astype(float)


def naive_exponentials(logits):
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(logits)
        return powers / powers.sum(-1, keepdims=True)


def noise_of_the_wrong_kind(logits, rng):
    rows = np.asarray(logits)
    return np.argmax(rows + rng.random(rows.shape), axis=-1)


def to_draw(*rows, each=None, raised=None):
    """Logits with known probabilities: `rows`, each of them so many times."""

    def inputs(rng):
        order = rng.permutation(len(rows[0]))
        with np.errstate(divide="ignore"):
            logits = np.log(np.array(rows)[:, order])
        logits = logits + (
            rng.choice([-1.0, 1.0]) if raised is None else raised
        )
        if each is None:
            logits = logits[0]
        elif len(rows) == 1:
            logits = np.repeat(logits, each, axis=0)
        else:
            logits = np.repeat(logits[:, None], each, axis=1)
        seed = rng.integers(2**62)
        return {"logits": tensor(logits), "rng": np.random.default_rng(seed)}

    return inputs


ONE = (0.6, 0.3, 0.1)
FIVE = (0.45, 0.2, 0.15, 0.1, 0.1)

sample = Exercise(
    id="decoding.sample",
    signature="sample(logits, rng)",
    asks=(
        "Draw a token for each row: id *i* with the probability that the "
        "softmax of the row gives to it. `logits` is a tensor `(…, vocab)`, "
        "and the result has shape `(…)`: for a single row `(vocab,)` one id. "
        "Each row gets a draw of its own, independent of the others. Some "
        "logits may be −∞, and those tokens must never come up; others may "
        "be as large as 1000. Draw from the generator `rng` and from nothing "
        "else, in whatever way you like. It may be NumPy's (`rng.random()`) "
        "or PyTorch's (`torch.multinomial(…, generator=rng)`): write for one "
        "of the two, the check offers both. It looks at many draws "
        "and allows for chance."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=by_library,
    call=measured,
    bounds=sample_bounds,
    cases=(
        # Raised, lest no logit be above 0: then those who take logits for
        # probabilities do as those who take all tokens for alike.
        Case(
            f"one row, drawn from {ONE_BY_ONE} times", to_draw(ONE, raised=1.0)
        ),
        Case("many rows, all alike", to_draw(FIVE, each=ROWS)),
        Case(
            "a batch of two, each with its own distribution",
            to_draw(FIVE, FIVE[::-1], each=ROWS // 2),
        ),
        Case(
            "three of five tokens are at −∞",
            to_draw((0.7, 0.3, 0, 0, 0), each=ROWS),
        ),
        Case("logits near 1000", to_draw(ONE, each=ROWS, raised=1000.0)),
    ),
    misconceptions=(
        Misconception(
            "greedy",
            "the likeliest token comes up every time. That is greedy "
            "decoding; here a token with a probability of 0.3 should come up "
            "in 3 of 10 draws.",
            lambda logits, rng: np.argmax(np.asarray(logits), axis=-1),
        ),
        Misconception(
            "all tokens alike",
            "every token comes up equally often, as if there were no logits.",
            drawing(np.ones_like),
        ),
        Misconception(
            "all possible tokens alike",
            "the tokens at −∞ never come up, but the others do so equally "
            "often. The filter is heeded, the probabilities are not.",
            drawing(uniform_of_the_possible),
        ),
        Misconception(
            "logits for probabilities",
            "the logits themselves were used as probabilities, as far as "
            "they are above 0. Softmax first.",
            drawing(clipped_logits),
        ),
        Misconception(
            "logits given to multinomial",
            "`torch.multinomial` wants probabilities and got logits, some of "
            "them negative. Softmax first.",
            logits_given_to_the_library,
        ),
        Misconception(
            "upside down",
            "unlikely tokens come up often and likely ones rarely: the sign "
            "of the logits was turned.",
            drawing(
                lambda rows: shares_of(np.where(rows > -np.inf, -rows, rows))
            ),
        ),
        Misconception(
            "softmax over the first axis",
            "softmax ran along the first axis, where places stand. Along the "
            "last one, the tokens of one place share a probability of 1.",
            drawing(lambda rows: scipy.special.softmax(rows, axis=0)),
        ),
        Misconception(
            "naive exponentials",
            "right for small logits; but the exponential of 1000 is more "
            "than a float can hold, and what comes after is NaN. Use a "
            "softmax that subtracts the largest logit first.",
            drawing(naive_exponentials),
        ),
        Misconception(
            "one throw for all rows",
            "there was one throw of the dice for all rows: rows with the "
            "same logits always get the same token. Each row needs its own.",
            one_throw,
        ),
        Misconception(
            "own random numbers",
            "the same seed gives other tokens each time: the random numbers "
            "come from somewhere else than `rng`.",
            own_generator,
        ),
        Misconception(
            "a seed of its own",
            "every call gives the same: you draw from a generator with a "
            "seed of its own, made anew each time. Draw from `rng`, which "
            "goes on from call to call.",
            own_seed,
        ),
        Misconception(
            "the probability returned",
            "you return the probability of the token that was drawn. Its id "
            "is asked for.",
            probability_drawn,
        ),
        Misconception(
            "an axis too many",
            "the result has an axis of length 1 at the end (as "
            "`torch.multinomial` gives it, for several draws a row). It "
            "should be `(…)`.",
            lambda logits, rng: chosen(shares_of(logits), rng)[..., None],
        ),
        Misconception(
            "counted from 1",
            "your ids are 1 too large: the first token has id 0.",
            lambda logits, rng: chosen(shares_of(logits), rng) + 1,
        ),
        Misconception(
            "one too far",
            "the token *after* the right one comes up. A throw that is below "
            "the first running sum means token 0.",
            lambda logits, rng: np.minimum(
                chosen(shares_of(logits), rng) + 1, logits.shape[-1] - 1
            ),
        ),
        Misconception(
            "noise of the wrong kind",
            "you added a random number from 0 to 1 to each logit and took "
            "the largest. Unlikely tokens never come up that way. (With "
            "Gumbel noise, minus the log of minus the log of such a number, "
            "it would be right.)",
            noise_of_the_wrong_kind,
        ),
    ),
    hints=(
        "The probabilities are 0.6, 0.3 and 0.1, and a throw of the dice "
        "gave 0.7 (all numbers from 0 to 1 are equally likely). Which token "
        "is it, if the first one has the numbers from 0 to 0.6?",
        "Softmax along the last axis first. In PyTorch `torch.multinomial` "
        "draws from rows of probabilities: it takes one or two axes and gives "
        "`(rows, 1)`, so reshape before and after. In NumPy, count the "
        "running sums that are at most a random number.",
        "p = softmax of logits. PyTorch: ids = multinomial(p as a table of "
        "rows, 1, generator=rng), reshaped to `(…)`. NumPy: u = one random "
        "number a row; id = how many running sums of p, without the last, "
        "are ≤ u.",
    ),
    returns=(
        "ids_out_of_range",
        "frequencies",
        "neighbours_alike",
        "same_seed_gives_the_same",
        "second_call_gives_other_tokens",
    ),
    facts=(
        Fact(
            "the same seed gives the same draws",
            lambda *measures: bool(measures[3] == 1),
        ),
    ),
)


# --- beam_search -----------------------------------------------------------


def beam_as_a_table(step, bos, eos, width, max_len):
    """All candidates of a round in one table, `(beam, vocab)`."""
    import torch

    beams, totals = [[bos]], torch.zeros(1, dtype=torch.float64)
    for _round in range(max_len):
        rows = [None if ends(b, eos) else step(list(b)) for b in beams]
        vocab = max((len(row) for row in rows if row is not None), default=0)
        if not vocab:
            break
        # What is finished has one candidate, which costs nothing: itself.
        itself = torch.full((vocab,), -math.inf, dtype=torch.float64)
        itself[eos] = 0.0
        table = totals[:, None] + torch.stack(
            [itself if row is None else row for row in rows]
        )
        possible = int((table > -math.inf).sum())
        totals, places = table.flatten().topk(min(width, possible))
        beams = [
            beams[at] if ends(beams[at], eos) else [*beams[at], token]
            for at, token in (divmod(int(place), vocab) for place in places)
        ]
    return beams[0], totals[0]


def ends(tokens, eos):
    return len(tokens) > 1 and tokens[-1] == eos


# What the wrong answers may do otherwise; each replaces one of these.


def total(tokens, score):
    return score


def best_of_all(families, width, rank):
    every = [one for family in families for one in family]
    return sorted(every, key=rank)[:width]


def best_of_each(families, width, rank):
    """The first time the best tokens, then each goes its own way."""
    if len(families) == 1:
        return sorted(families[0], key=rank)[:width]
    return sorted((min(family, key=rank) for family in families), key=rank)


def the_first(beam, eos):
    best, *_ = beam
    return best


def best_finished(beam, eos):
    return next((one for one in beam if ends(one[0], eos)), beam[0])


def searched(
    add=operator.add,
    start=0.0,
    rank=total,
    finished=lambda tokens, eos: ends(tokens, eos),
    resting=lambda tokens, eos: tokens,
    rounds=lambda max_len: max_len,
    given=list,
    prune=best_of_all,
    stop=lambda beam, eos: False,
    pick=the_first,
    result=lambda tokens, score, eos: (tokens, score),
):
    """A wrong answer: a beam search in which one of these goes wrong."""

    def answer(step, bos, eos, width, max_len):
        beam = [([bos], start)]
        for _ in range(rounds(max_len)):
            families = [
                [(resting(tokens, eos), score)]
                if finished(tokens, eos)
                else [
                    ([*tokens, token], add(score, log))
                    for token, log in enumerate(
                        np.asarray(step(given(tokens)))
                    )
                ]
                for tokens, score in beam
            ]
            beam = prune(families, width, lambda one: -rank(*one))
            if stop(beam, eos):
                break
        return result(*pick(beam, eos), eos)

    return answer


def forgets_finished(step, bos, eos, width, max_len):
    alive = [([bos], 0.0)]
    for _round in range(max_len):
        every = [
            ([*tokens, token], score + log)
            for tokens, score in alive
            for token, log in enumerate(np.asarray(step(list(tokens))))
            if token != eos
        ]
        alive = best_of_all([every], width, lambda one: -one[1])
    return alive[0]


def ended_put_aside(step, bos, eos, width, max_len):
    beam, aside = [([bos], 0.0)], []
    for _round in range(max_len):
        every = [
            ([*tokens, token], score + log)
            for tokens, score in beam
            for token, log in enumerate(np.asarray(step(list(tokens))))
        ]
        aside += [one for one in every if ends(one[0], eos)]
        every = [one for one in every if not ends(one[0], eos)]
        beam = best_of_all([every], width, lambda one: -one[1])
    return max(beam + aside, key=lambda one: one[1])


def mean_score(tokens, score):
    return score / max(len(tokens) - 1, 1)


def some_finished(beam, eos):
    return any(ends(tokens, eos) for tokens, _ in beam)


def without_eos(tokens, score, eos):
    return (tokens[:-1] if ends(tokens, eos) else tokens), score


def worst_first(families, width, rank):
    return best_of_all(families, width, lambda one: -rank(one))


def everything(families, width, rank):
    return best_of_all(families, None, rank)


def greedily(families, width, rank):
    return best_of_all(families, 1, rank)


def model(branches, vocab, bos, eos, width, max_len, never=None):
    """A next-token model, as a tree of probabilities.

    branches: from the tokens behind bos to the probabilities of the next, in
    the order of the ids, which chance moves by 3 % at most. Elsewhere they
    are drawn, a little apart from each other, and depend on the whole
    sequence. never: an id that cannot follow anything.
    """

    def inputs(rng):
        seed = int(rng.integers(2**32))
        known = {}
        for tokens, shares in branches.items():
            moved = np.array(shares) * rng.uniform(0.97, 1.03, vocab)
            known[bos, *tokens] = moved

        def step(tokens):
            sequence = tuple(int(token) for token in tokens)
            if sequence not in known:
                own = np.random.default_rng([seed, *map(abs, sequence)])
                known[sequence] = own.uniform(0.5, 1.5, vocab)
            shares = known[sequence].copy()
            if never is not None:
                shares[never] = 0.0
            with np.errstate(divide="ignore"):
                return tensor(np.log(shares / shares.sum()))

        return {
            "step": step,
            "bos": bos,
            "eos": eos,
            "width": width,
            "max_len": max_len,
        }

    return inputs


# Ids 0 and 1 are bos and eos, 2 and 3 are words.
GREEDY_LOSES = {
    (): (0.02, 0.08, 0.5, 0.4),
    (2,): (0.1, 0.2, 0.4, 0.3),
    (3,): (0.02, 0.05, 0.03, 0.9),
}
SHORT_IS_BEST = {
    (): (0.05, 0.4, 0.35, 0.2),
    (1,): (0.02, 0.95, 0.01, 0.02),
    (2,): (0.02, 0.03, 0.05, 0.9),
    (2, 3): (0.02, 0.03, 0.9, 0.05),
}
SHORT_IS_BEATEN = {
    (): (0.03, 0.3, 0.6, 0.07),
    (2,): (0.02, 0.03, 0.05, 0.9),
    (2, 3): (0.02, 0.03, 0.9, 0.05),
}
LONG_ENDS = {**SHORT_IS_BEATEN, (2, 3): (0.02, 0.9, 0.03, 0.05)}
TWINS = {
    (): (0.04, 0.06, 0.55, 0.35),
    (2,): (0.02, 0.03, 0.5, 0.45),
    (3,): (0.2, 0.2, 0.33, 0.27),
    (2, 2): (0.2, 0.22, 0.3, 0.28),
    (2, 3): (0.02, 0.03, 0.9, 0.05),
}
FALLS_OUT = {
    (): (0.05, 0.15, 0.42, 0.38),
    (2,): (0.2, 0.2, 0.32, 0.28),
    (3,): (0.2, 0.2, 0.32, 0.28),
}
OUTSIDE = {  # the best sequence of all begins with 4
    (): (0.01, 0.01, 0.4, 0.32, 0.26),
    (2,): (0.05, 0.1, 0.35, 0.25, 0.25),
    (3,): (0.05, 0.1, 0.25, 0.35, 0.25),
    (4,): (0.01, 0.01, 0.01, 0.01, 0.96),
    (4, 4): (0.01, 0.01, 0.01, 0.01, 0.96),
}

beam_search = Exercise(
    id="decoding.beam_search",
    signature="beam_search(step, bos, eos, width, max_len)",
    asks=(
        "Look for a likely *sequence*, keeping `width` candidates at a time. "
        "`step` is a model: `step(tokens)` takes a list of ids that begins "
        "with `bos` and returns a tensor `(vocab,)` with the log-probability "
        "(to base e) of each next token; −∞ means impossible. The **score** "
        "of a sequence is the sum of the log-probabilities of its tokens "
        "behind `bos`, whatever its length. Start with `[bos]` alone, at "
        "score 0. In each of at most `max_len` rounds, extend every "
        "candidate by every token of the vocabulary, and keep the `width` "
        "best of all that come of it. A candidate that ends with `eos` is "
        "finished: it is not extended any more, and competes for its place "
        "as it is. Return the best candidate of the end, **finished or "
        "not**, as `(tokens, score)`: its ids as a list, with `bos` and, if "
        "it has one, `eos`; and its score. So `max_len` counts the tokens "
        "behind `bos`, and counts `eos` as one. `bos` and `eos` differ, "
        "`width` and `max_len` are 1 or more, and no two scores are equal."
    ),
    points=4,
    difficulty=5,
    importance=3,
    minutes=30,
    reference=beam_as_a_table,
    cases=(
        Case("one token", model(GREEDY_LOSES, 4, 0, 1, 1, 1)),
        Case("two tokens, width 1", model(GREEDY_LOSES, 4, 0, 1, 1, 2)),
        Case(
            "width 2, where greedy loses", model(GREEDY_LOSES, 4, 0, 1, 2, 2)
        ),
        Case(
            "the best ends after one token",
            model(SHORT_IS_BEST, 4, 0, 1, 2, 3),
        ),
        Case(
            "one ends soon, and is beaten",
            model(SHORT_IS_BEATEN, 4, 0, 1, 2, 3),
        ),
        Case(
            "one ends soon, a better one later",
            model(LONG_ENDS, 4, 0, 1, 2, 5),
        ),
        Case("the two best begin alike", model(TWINS, 4, 0, 1, 2, 3)),
        Case("the best of all is out of reach", model(OUTSIDE, 5, 0, 1, 2, 3)),
        Case("one that ends is too unlikely", model(FALLS_OUT, 4, 0, 1, 2, 3)),
        Case("other ids for bos and eos", model({}, 5, 4, 2, 3, 4)),
        Case("bos can never follow", model({}, 4, 3, 0, 4, 4, never=3)),
        Case("a beam that is wider than needed", model({}, 4, 2, 1, 100, 3)),
    ),
    misconceptions=(
        Misconception(
            "greedy",
            "only one candidate is ever kept, whatever `width` says: that is "
            "greedy decoding.",
            searched(prune=greedily),
        ),
        Misconception(
            "every candidate on its own",
            "each candidate keeps its own best continuation, so that they "
            "never compete with each other. Throw all continuations of all "
            "candidates together, and keep the best of *those*, even if they "
            "have the same beginning.",
            searched(prune=best_of_each),
        ),
        Misconception(
            "nothing dropped",
            "you keep all candidates, and find the best of all sequences. "
            "With a real vocabulary there would be millions of them after "
            "two rounds; only `width` may be kept.",
            searched(prune=everything),
        ),
        Misconception(
            "the worst kept",
            "you keep the candidates with the *lowest* scores. The nearer to "
            "0 a log-probability, the likelier.",
            searched(prune=worst_first),
        ),
        Misconception(
            "probabilities added",
            "you turned log-probabilities into probabilities and *added* "
            "those. The probability of a sequence is a product; its "
            "logarithm is the sum of the logarithms.",
            searched(add=lambda score, log: score + math.exp(log)),
        ),
        Misconception(
            "logarithms multiplied",
            "you multiplied log-probabilities. It is probabilities that are "
            "multiplied; their logarithms are added.",
            searched(add=operator.mul, start=1.0),
        ),
        Misconception(
            "a probability returned",
            "the score came back as a probability. Leave the sum of the "
            "log-probabilities as it is: a long sequence's probability is "
            "too small for a float.",
            searched(
                result=lambda tokens, score, eos: (tokens, math.exp(score))
            ),
        ),
        Misconception(
            "only the last step counts",
            "a candidate is judged by its last token alone. Its score is the "
            "sum over *all* of its tokens.",
            searched(add=lambda score, log: log),
        ),
        Misconception(
            "divided by the length",
            "you divided the score by the number of tokens. Many programs "
            "do, since otherwise short sequences win; here the plain sum is "
            "asked for.",
            searched(
                rank=mean_score,
                result=lambda tokens, score, eos: (
                    tokens,
                    mean_score(tokens, score),
                ),
            ),
        ),
        Misconception(
            "on after the end",
            "a candidate that has ended with `eos` is extended further. It "
            "is finished: it stays as it is.",
            searched(finished=lambda tokens, eos: False),
        ),
        Misconception(
            "filled up with eos",
            "a finished candidate gets another `eos` in each round. Its "
            "score is right, but there should be one `eos` only.",
            searched(resting=lambda tokens, eos: [*tokens, eos]),
        ),
        Misconception(
            "the finished forgotten",
            "what has ended with `eos` is thrown away. It stays a candidate, "
            "and may be the best in the end.",
            forgets_finished,
        ),
        Misconception(
            "what has ended is kept for ever",
            "you put everything that ends with `eos` aside and choose from "
            "it in the end. Here a finished candidate has to be among the "
            "`width` best of its round, and of every later one, like any "
            "other.",
            ended_put_aside,
        ),
        Misconception(
            "the first that ends",
            "you stop as soon as one candidate has ended, and return it. "
            "Others may still get to a better score; stop when nothing can "
            "be extended, or after `max_len` rounds.",
            searched(stop=some_finished, pick=best_finished),
        ),
        Misconception(
            "only what has ended",
            "you return the best *finished* candidate, though an unfinished "
            "one has a better score. Here the best is asked for, finished or "
            "not.",
            searched(pick=best_finished),
        ),
        Misconception(
            "the last of the beam",
            "you return the last candidate of the beam, which is the worst "
            "of those that are left. The best is the first.",
            searched(pick=lambda beam, eos: beam[-1]),
        ),
        Misconception(
            "max_len counts bos",
            "your sequences are one token short: `max_len` counts the tokens "
            "*behind* `bos`.",
            searched(rounds=lambda max_len: max_len - 1),
        ),
        Misconception(
            "one round too many",
            "your sequences may be one token too long: there are at most "
            "`max_len` rounds, and each adds one.",
            searched(rounds=lambda max_len: max_len + 1),
        ),
        Misconception(
            "the last token only",
            "you give `step` only the last token. The model needs the whole "
            "sequence, from `bos` on.",
            searched(given=lambda tokens: tokens[-1:]),
        ),
        Misconception(
            "bos cut off",
            "`bos` is missing at the front of what you return.",
            searched(
                result=lambda tokens, score, eos: (tokens[1:], score),
            ),
        ),
        Misconception(
            "eos cut off",
            "`eos` is missing at the end of what you return. Without it "
            "nobody can tell whether the sequence is finished.",
            searched(result=without_eos),
        ),
    ),
    hints=(
        "After one round the candidates are *a* (0.5) and *b* (0.4), and the "
        "width is 2. From *a* on, nothing has more than 0.4; from *b* on, "
        "one token has 0.9. Which are the two best pairs?",
        "Keep a list of pairs (tokens, score). In each round make a new "
        "list: from a finished pair itself, from any other one pair for each "
        "token, the log-probability added to the score. Sort it by score, "
        "descending, and cut it off after `width`.",
        "beam = [([bos], 0)]. Repeat max_len times: new = []; for each "
        "(tokens, score) of beam: if it ends with eos, put it into new as it "
        "is; else for each token put (tokens + token, score + its "
        "log-probability) into new. beam = the `width` best of new. Result: "
        "the best of beam.",
    ),
    returns=("tokens", "score"),
    facts=(
        Fact(
            "a score is not above 0",
            lambda tokens, score: bool((score <= 0).all()),
        ),
    ),
)

EXERCISES = (
    greedy,
    apply_temperature,
    top_k_filter,
    top_p_filter,
    sample,
    beam_search,
)
