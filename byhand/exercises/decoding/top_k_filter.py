"""The exercise `decoding.top_k_filter`."""

import math

from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import fresh

from .shared import drawn, itself, where_kept


def how_many_are_larger(logits):
    """For each token, how many of its row have a larger logit."""
    return (logits.unsqueeze(-1) < logits.unsqueeze(-2)).sum(-1)


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


EXERCISE = Exercise(
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
    way=fresh.afterwards,
    cases=(
        Case("one of three", drawn(3, k=1)),
        Case("two of five", drawn(5, k=2)),
        Case("two of four, all negative", drawn(4, lowered=5.0, k=2)),
        Case("two of five, in three rows", drawn(3, 5, k=2)),
        Case(
            "three of six far apart, in a batch",
            drawn(2, 3, 6, times=1000.0, k=3),
        ),
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
            "you return probabilities that add up to 1 again. Return logits, "
            "so that another filter can follow. The softmax comes last.",
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
            "you return the k largest logits alone. Which tokens do they "
            "belong to? Keep the shape, with −∞ for the others.",
            top_values,
        ),
        Misconception(
            "the ids only",
            "you return the ids of the k best tokens. Return the logits, in "
            "their places, with −∞ for the others.",
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
            "not that many tokens. Take the smaller of the two numbers.",
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
            "nothing dropped, the given tensor",
            "nothing is dropped: you return the given tensor, as it came.",
            lambda logits, k: logits,
        ),
        Misconception(
            "the given tensor for a large k",
            itself("where k leaves all tokens,"),
            lambda logits, k: (
                logits if k >= logits.shape[-1] else top_k_by_rank(logits, k)
            ),
        ),
        Misconception(
            "the given tensor for a k too large",
            itself("where k is larger than the vocabulary,"),
            lambda logits, k: (
                logits if k > logits.shape[-1] else top_k_by_rank(logits, k)
            ),
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
