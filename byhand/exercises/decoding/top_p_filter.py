"""The exercise `decoding.top_p_filter`."""

import math

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import fresh

from ..pieces.tensors import tensor
from .shared import itself, where_kept


def top_p_by_comparing(logits, p):
    """Keeps a token while all likelier ones together are below p."""
    shares = special.shares(np.asarray(logits), axis=-1)
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


# Where p is 1, the last sum is 1 but for rounding, which must not decide
# between two mistakes.
ROUNDING = 1e-9


def only_below(ordered, sums, p):
    return sums <= p + ROUNDING


def below_or_first(ordered, sums, p):
    keep = sums <= p + ROUNDING
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


def strictly_below_or_first(ordered, sums, p):
    keep = sums < p - ROUNDING
    keep[..., 0] = True
    return keep


EXERCISE = Exercise(
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
    way=fresh.afterwards,
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
            "has reached p already. Stop there.",
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
            "share of anything. Take the softmax first, for the sums only.",
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
            "you return probabilities that add up to 1 again. Return logits. "
            "The softmax comes last.",
            lambda logits, p: nucleus(logits, p).softmax(-1),
        ),
        Misconception(
            "probabilities, 0 where dropped",
            "you return the probabilities of the kept tokens and 0 for the "
            "others. They are needed to find out *what* is kept. What is "
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
            "probability. That is a filter of its own, called min-p. Top-p "
            "looks at the sum.",
            shares_kept(lambda p, largest: p * largest),
        ),
        Misconception(
            "nothing dropped",
            "nothing is dropped: these are the logits as they came.",
            lambda logits, p: logits + 0,
        ),
        Misconception(
            "nothing dropped, the given tensor",
            "nothing is dropped: you return the given tensor, as it came.",
            lambda logits, p: logits,
        ),
        Misconception(
            "the given tensor at p = 1",
            itself("where p is 1,"),
            lambda logits, p: logits if p == 1 else nucleus(logits, p),
        ),
        Misconception(
            "p is dropped",
            "you took p for the share to *drop*, and kept 1 − p. Keep p.",
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
        Misconception(
            "dropped at p itself",
            "the token with which the sum reaches p is dropped, except the "
            "likeliest. It is the last that is kept.",
            kept_by(strictly_below_or_first),
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
